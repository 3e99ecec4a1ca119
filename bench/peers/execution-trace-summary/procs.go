package main

import (
	"strings"

	"golang.org/x/exp/trace"
)

// proc is one processor: what it does, since when.
type proc struct {
	exists bool
	state  trace.ProcState
	thread trace.ThreadID
	sweep  bool
	since  trace.Time
}

type procs struct {
	ps       []*proc
	counted  bool
	count    int
	countAt  trace.Time
	threadG  map[trace.ThreadID]trace.GoID
	stw      string
	stwG     trace.GoID
	stwSince trace.Time
	gcSince  trace.Time
	gcOn     bool
	rows     map[string]int64
	capacity int64
	steps    []step
}

// step is the share of processors that collect garbage or stand still, from a time on.
type step struct {
	at trace.Time
	of float64
}

func newProcs() *procs {
	return &procs{threadG: map[trace.ThreadID]trace.GoID{}, rows: map[string]int64{}, stwG: trace.NoGoroutine}
}

func (p *procs) proc(s *Summary, id trace.ProcID) *proc {
	for int(id) >= len(p.ps) {
		p.ps = append(p.ps, &proc{since: s.first, thread: trace.NoThread})
	}
	return p.ps[id]
}

// class says in which row the time of a processor goes. "" is plain running: it is decided when the goroutine is known.
func (p *procs) class(s *Summary, pr *proc) (string, *gor) {
	switch pr.state {
	case trace.ProcUndetermined:
		return "undetermined", nil
	case trace.ProcIdle:
		if p.stw != "" {
			return "stop-the-world: " + p.stw, nil
		}
		return "idle", nil
	}
	id, ok := p.threadG[pr.thread]
	if !ok {
		return "scheduler", nil
	}
	g := s.gs[id]
	switch {
	case g == nil:
		return "scheduler", nil
	case p.stw != "" && p.stwG == id:
		return "stop-the-world: " + p.stw, nil
	case g.state == trace.GoSyscall:
		return "syscall", nil
	case g.assist:
		return "assist", g
	case pr.sweep:
		return "sweep", nil
	case g.label != "":
		return g.label, nil
	}
	return "", g
}

func (p *procs) charge(s *Summary, pr *proc, t trace.Time) {
	if !pr.exists {
		pr.since = t
		return
	}
	ns := int64(t - pr.since)
	pr.since = t
	if ns == 0 {
		return
	}
	class, g := p.class(s, pr)
	if class == "" {
		g.plain += ns
		return
	}
	if class == "assist" {
		s.AssistRun[g.assistB] += ns
	}
	p.rows[class] += ns
}

// before charges every processor up to now. Slow and plain on purpose.
func (p *procs) before(s *Summary, ev *trace.Event) {
	if ev.Kind() == trace.EventMetric {
		if m := ev.Metric(); m.Name == "/sched/gomaxprocs:threads" {
			n := int(m.Value.Uint64())
			at := ev.Time()
			if !p.counted {
				at = s.first
			}
			p.capacity += int64(p.count) * int64(ev.Time()-p.countAt)
			if !p.counted {
				p.capacity = int64(n) * int64(ev.Time()-s.first)
			}
			p.counted, p.count, p.countAt = true, n, ev.Time()
			for len(p.ps) < n {
				p.proc(s, trace.ProcID(len(p.ps)))
			}
			for i, pr := range p.ps {
				if exists := i < n; exists != pr.exists {
					if pr.exists {
						p.charge(s, pr, ev.Time())
					} else {
						pr.since = at
					}
					pr.exists = exists
				}
			}
		}
	}
	for _, pr := range p.ps {
		p.charge(s, pr, ev.Time())
	}
}

func (p *procs) after(s *Summary, ev *trace.Event) {
	if ev.Kind() == trace.EventStateTransition {
		tr := ev.StateTransition()
		switch tr.Resource.Kind {
		case trace.ResourceProc:
			id := tr.Resource.Proc()
			_, to := tr.Proc()
			pr := p.proc(s, id)
			pr.state = to
			if to == trace.ProcRunning {
				pr.thread = ev.Thread()
			} else {
				pr.thread = trace.NoThread
			}
		case trace.ResourceGoroutine:
			id := tr.Resource.Goroutine()
			from, to := tr.Goroutine()
			if from.Executing() && !to.Executing() {
				for t, g := range p.threadG {
					if g == id {
						delete(p.threadG, t)
					}
				}
				if g := s.gs[id]; g != nil {
					g.label = ""
				}
			}
			if to.Executing() {
				p.threadG[ev.Thread()] = id
			}
		}
	}
	p.step(s, ev.Time())
}

// step records how many processors the program has not.
func (p *procs) step(s *Summary, t trace.Time) {
	n, gc := 0, 0
	for _, pr := range p.ps {
		if !pr.exists {
			continue
		}
		n++
		class, _ := p.class(s, pr)
		if p.stw != "" || class == "assist" || class == "sweep" || class == "GC (dedicated)" || class == "GC (fractional)" {
			gc++
		}
	}
	of := 0.0
	if n > 0 {
		of = float64(gc) / float64(n)
	}
	if k := len(p.steps); k == 0 || p.steps[k-1].of != of {
		p.steps = append(p.steps, step{t, of})
	}
}

// rowOf says what goroutines of the runtime do, by their entry.
func rowOf(entry string) string {
	switch entry {
	case "":
		return "unattributed"
	case "runtime.bgsweep":
		return "GC background sweep"
	case "runtime.bgscavenge":
		return "scavenger"
	case "runtime.gcBgMarkWorker":
		return "GC (worker of unknown mode)"
	case "runtime.runfinq", "runtime.runFinalizers", "runtime.runCleanups":
		return "finalizers"
	case "runtime.(*traceAdvancerState).start.func1", "runtime/trace.Start.func1", "runtime/trace.(*traceMultiplexer).startLocked.func1", "runtime/pprof.profileWriter", "runtime.traceStartReadCPU.func1":
		return "observer"
	}
	if strings.HasPrefix(entry, "runtime.") && entry != "runtime.main" {
		return "runtime goroutines"
	}
	return "user"
}

func (p *procs) fold(g *gor) {
	if g.plain > 0 {
		p.rows[rowOf(g.entry)] += g.plain
		g.plain = 0
	}
}

func (p *procs) finish(s *Summary) {
	p.capacity += int64(p.count) * int64(s.last-p.countAt)
	for _, pr := range p.ps {
		p.charge(s, pr, s.last)
	}
	for _, g := range s.gs {
		p.fold(g)
		if g.assist {
			sumOf(s.Assists, g.assistB).add(int64(s.last - g.assistT))
		}
		for _, r := range g.regions {
			sumOf(s.Regions, r.typ).add(int64(s.last - r.begin))
		}
	}
	if p.gcOn {
		s.Cycles.add(int64(s.last - p.gcSince))
	}
	if p.stw != "" {
		sumOf(s.Pauses, p.stw).add(int64(s.last - p.stwSince))
	}
	s.Ledger, s.Capacity = p.rows, p.capacity
	for name, window := range map[string]int64{"100us": 100_000, "1ms": 1_000_000, "10ms": 10_000_000, "100ms": 100_000_000, "1s": 1_000_000_000} {
		if window <= s.Wall {
			s.MMU[name] = p.mmu(s, window)
		}
	}
}

// mmu tries every window that begins or ends at a step.
func (p *procs) mmu(s *Summary, window int64) float64 {
	first, last := int64(s.first), int64(s.last)
	taken := make([]float64, len(p.steps)+1)
	at := func(i int) int64 {
		if i < len(p.steps) {
			return int64(p.steps[i].at)
		}
		return last
	}
	for i := range p.steps {
		taken[i+1] = taken[i] + p.steps[i].of*float64(at(i+1)-at(i))
	}
	upTo := func(t int64, from int) (float64, int) {
		for from+1 < len(p.steps) && at(from+1) <= t {
			from++
		}
		if len(p.steps) == 0 || t <= at(from) {
			return taken[from], from
		}
		return taken[from] + p.steps[from].of*float64(t-at(from)), from
	}
	least := 1.0
	var a, b, c, d int
	for i := range p.steps {
		begin := at(i)
		if begin+window <= last {
			var x, y float64
			x, a = upTo(begin, a)
			y, b = upTo(begin+window, b)
			least = min(least, 1-(y-x)/float64(window))
		}
		if begin-window >= first {
			var x, y float64
			x, c = upTo(begin-window, c)
			y, d = upTo(begin, d)
			least = min(least, 1-(y-x)/float64(window))
		}
	}
	return least
}

// more is what is not about states of goroutines.
func (s *Summary) more(ev *trace.Event, t trace.Time) {
	p := s.procs
	switch ev.Kind() {
	case trace.EventMetric:
		switch m := ev.Metric(); m.Name {
		case "/memory/classes/heap/objects:bytes":
			s.HeapAlloc.add(m.Value.Uint64())
		case "/gc/heap/goal:bytes":
			s.HeapGoal.add(m.Value.Uint64())
		}
	case trace.EventLabel:
		l := ev.Label()
		s.goroutine(l.Resource.Goroutine()).label = l.Label
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		s.rangeEvent(ev, t)
	case trace.EventTaskBegin, trace.EventTaskEnd:
		k := ev.Task()
		task, ok := s.tasks[k.ID]
		if !ok {
			task = &Task{ID: uint64(k.ID), Begin: -1, End: -1}
			s.tasks[k.ID] = task
		}
		if k.Type != "" {
			task.Type = k.Type
			if k.Parent != trace.NoTask {
				task.Parent = uint64(k.Parent)
			}
		}
		if ev.Kind() == trace.EventTaskBegin {
			task.Begin = int64(t - s.first)
		} else if task.End < 0 {
			// a second end is a mistake of the program
			task.End = int64(t - s.first)
		}
	case trace.EventRegionBegin:
		g := s.goroutine(ev.Goroutine())
		g.regions = append(g.regions, region{ev.Region().Type, t})
	case trace.EventRegionEnd:
		g := s.goroutine(ev.Goroutine())
		r := region{ev.Region().Type, s.first}
		if n := len(g.regions); n > 0 {
			r = g.regions[n-1]
			g.regions = g.regions[:n-1]
		}
		sumOf(s.Regions, ev.Region().Type).add(int64(t - r.begin))
	case trace.EventLog:
		s.Logs[ev.Log().Category]++
	}
	_ = p
}

func (s *Summary) rangeEvent(ev *trace.Event, t trace.Time) {
	p, r := s.procs, ev.Range()
	end := ev.Kind() == trace.EventRangeEnd
	switch {
	case r.Name == "GC concurrent mark phase":
		switch {
		case end:
			s.Cycles.add(int64(t - p.gcSince))
			p.gcOn = false
		case !p.gcOn:
			p.gcOn, p.gcSince = true, t
			if ev.Kind() == trace.EventRangeActive {
				p.gcSince = s.first
			}
		}
	case r.Name == "GC incremental sweep":
		if id := r.Scope.Proc(); id != trace.NoProc {
			p.proc(s, id).sweep = !end
		}
	case r.Name == "GC mark assist":
		g := s.goroutine(r.Scope.Goroutine())
		if end {
			sumOf(s.Assists, g.assistB).add(int64(t - g.assistT))
			g.assist = false
		} else if !g.assist {
			g.assist, g.assistT, g.assistB = true, t, ""
			if ev.Kind() == trace.EventRangeActive {
				g.assistT = s.first
			} else if ev.Stack() != trace.NoStack {
				g.assistB = s.stack(ev.Stack())
			}
		}
	case strings.HasPrefix(r.Name, "stop-the-world"):
		kind := strings.TrimSuffix(strings.TrimPrefix(r.Name, "stop-the-world ("), ")")
		if end {
			sumOf(s.Pauses, kind).add(int64(t - p.stwSince))
			p.stw, p.stwG = "", trace.NoGoroutine
		} else {
			p.stw, p.stwG, p.stwSince = kind, ev.Goroutine(), t
		}
	}
}
