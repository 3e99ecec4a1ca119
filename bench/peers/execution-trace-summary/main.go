// Command execution-trace-summary says what a Go execution trace says, read by golang.org/x/exp/trace: time of goroutines by state, reason and
// stack, latencies of the scheduler and who unblocked whom. With -all also where every nanosecond of every processor went, pauses, assists,
// heap, tasks and the least share of time that the program had (MMU). It is what gorca's own analyses are held against, number for number,
// and, without -all, what their speed is measured by.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/exp/trace"
)

func main() {
	all := flag.Bool("all", false, "also processors, pauses, assists, heap, tasks, regions and MMU")
	plain := flag.Bool("plain", false, "only read the events")
	flag.Parse()
	f, err := os.Open(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer f.Close()
	r, err := trace.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := newSummary(*all)
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			s.Broken = err.Error()
			break
		}
		if *plain {
			s.Events++
			continue
		}
		s.add(&ev)
	}
	s.finish()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	if err := e.Encode(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Sum counts spans of time in nanoseconds.
type Sum struct {
	Count int64 `json:"count"`
	Total int64 `json:"total"`
	Most  int64 `json:"most"`
}

func (s *Sum) add(ns int64) {
	s.Count++
	s.Total += ns
	if ns > s.Most {
		s.Most = ns
	}
}

// Latency is the time from runnable to running, with exact percentiles.
type Latency struct {
	Sum
	P50, P90, P99 int64
	values        []int64
}

func (l *Latency) add(ns int64) {
	l.Sum.add(ns)
	l.values = append(l.values, ns)
}

func (l *Latency) finish() {
	slices.Sort(l.values)
	at := func(q float64) int64 {
		if len(l.values) == 0 {
			return 0
		}
		return l.values[min(len(l.values)-1, int(q*float64(len(l.values))))]
	}
	l.P50, l.P90, l.P99 = at(0.5), at(0.9), at(0.99)
}

// Wait is time spent waiting for one reason on one stack.
type Wait struct {
	Reason string `json:"reason"`
	Stack  string `json:"stack"`
	Sum
}

// Edge is who ended whose wait.
type Edge struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Stack  string `json:"stack"`
	Sum
}

type gor struct {
	state   trace.GoState
	since   trace.Time
	reason  string
	stack   string
	how     string // why it is runnable
	entry   string
	running int64
	plain   int64 // time running that belongs to no range
	born    bool
	thread  trace.ThreadID
	label   string
	assist  bool
	assistB string
	assistT trace.Time
	regions []region
}

type region struct {
	typ   string
	begin trace.Time
}

type waitKey struct{ reason, stack string }
type edgeKey struct{ by, reason, stack string }

// Summary is what is printed. Times are in nanoseconds.
type Summary struct {
	Events    int64               `json:"events"`
	Broken    string              `json:"broken,omitempty"`
	Wall      int64               `json:"wall"`
	Created   int64               `json:"created"`
	Ended     int64               `json:"ended"`
	Alive     int64               `json:"alive"`
	States    map[string]int64    `json:"states"`
	Waits     []Wait              `json:"waits"`
	Syscalls  []Wait              `json:"syscalls"`
	Latencies map[string]*Latency `json:"latencies"`
	Edges     []Edge              `json:"edges"`
	Entries   map[string]*Entry   `json:"entries"`
	Capacity  int64               `json:"capacity,omitempty"`
	Ledger    map[string]int64    `json:"ledger,omitempty"`
	Pauses    map[string]*Sum     `json:"pauses,omitempty"`
	Assists   map[string]*Sum     `json:"assists,omitempty"`
	AssistRun map[string]int64    `json:"assistRunning,omitempty"`
	Cycles    *Sum                `json:"cycles,omitempty"`
	HeapAlloc *Values             `json:"heapAlloc,omitempty"`
	HeapGoal  *Values             `json:"heapGoal,omitempty"`
	Tasks     []Task              `json:"tasks,omitempty"`
	Regions   map[string]*Sum     `json:"regions,omitempty"`
	Logs      map[string]int64    `json:"logs,omitempty"`
	MMU       map[string]float64  `json:"mmu,omitempty"`

	all      bool
	first    trace.Time
	last     trace.Time
	started  bool
	gs       map[trace.GoID]*gor
	waits    map[waitKey]*Sum
	syscalls map[waitKey]*Sum
	edges    map[edgeKey]*Sum
	stacks   map[trace.Stack]string
	tasks    map[trace.TaskID]*Task
	procs    *procs
}

// Entry is the goroutines that one function is the entry of.
type Entry struct {
	Created int64 `json:"created"`
	Ended   int64 `json:"ended"`
	Running int64 `json:"running"`
}

// Values of a metric.
type Values struct {
	Count int64  `json:"count"`
	Least uint64 `json:"least"`
	Most  uint64 `json:"most"`
	Last  uint64 `json:"last"`
}

func (v *Values) add(x uint64) {
	if v.Count == 0 || x < v.Least {
		v.Least = x
	}
	v.Count++
	v.Most = max(v.Most, x)
	v.Last = x
}

// Task is a user task; times since the first event, -1 where it was not seen.
type Task struct {
	ID     uint64 `json:"id"`
	Parent uint64 `json:"parent"`
	Type   string `json:"type"`
	Begin  int64  `json:"begin"`
	End    int64  `json:"end"`
}

func newSummary(all bool) *Summary {
	s := &Summary{
		all: all, States: map[string]int64{}, Latencies: map[string]*Latency{}, Entries: map[string]*Entry{},
		gs: map[trace.GoID]*gor{}, waits: map[waitKey]*Sum{}, syscalls: map[waitKey]*Sum{}, edges: map[edgeKey]*Sum{}, stacks: map[trace.Stack]string{},
	}
	if all {
		s.Pauses, s.Assists, s.Regions, s.Logs, s.MMU = map[string]*Sum{}, map[string]*Sum{}, map[string]*Sum{}, map[string]int64{}, map[string]float64{}
		s.AssistRun, s.Cycles = map[string]int64{}, &Sum{}
		s.HeapAlloc, s.HeapGoal = &Values{}, &Values{}
		s.tasks = map[trace.TaskID]*Task{}
		s.procs = newProcs()
	}
	return s
}

// stack spells a stack once a generation.
func (s *Summary) stack(st trace.Stack) string {
	if text, ok := s.stacks[st]; ok {
		return text
	}
	var b strings.Builder
	for f := range st.Frames() {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s %s:%d", f.Func, f.File, f.Line)
	}
	s.stacks[st] = b.String()
	return b.String()
}

func entryOf(stack string) string {
	last := stack[strings.LastIndexByte(stack, '\n')+1:]
	if i := strings.IndexByte(last, ' '); i >= 0 {
		return last[:i]
	}
	return ""
}

func sumOf[K comparable](m map[K]*Sum, k K) *Sum {
	v, ok := m[k]
	if !ok {
		v = &Sum{}
		m[k] = v
	}
	return v
}

func (s *Summary) goroutine(id trace.GoID) *gor {
	g, ok := s.gs[id]
	if !ok {
		g = &gor{state: trace.GoUndetermined, since: s.first, thread: trace.NoThread}
		s.gs[id] = g
	}
	return g
}

func (s *Summary) add(ev *trace.Event) {
	switch ev.Kind() {
	case trace.EventSync:
		// stacks are numbered anew
		clear(s.stacks)
		return
	case trace.EventStackSample:
		return
	}
	s.Events++
	t := ev.Time()
	if !s.started {
		s.first, s.started = t, true
	}
	s.last = t
	if s.all {
		s.procs.before(s, ev)
	}
	if ev.Kind() == trace.EventStateTransition {
		tr := ev.StateTransition()
		if tr.Resource.Kind == trace.ResourceGoroutine {
			s.goTransition(ev, tr, t)
		}
	}
	if s.all {
		s.more(ev, t)
		s.procs.after(s, ev)
	}
}

func (s *Summary) goTransition(ev *trace.Event, tr trace.StateTransition, t trace.Time) {
	id := tr.Resource.Goroutine()
	from, to := tr.Goroutine()
	if from == trace.GoNotExist {
		s.Created++
		g := &gor{state: to, since: t, how: "created", thread: trace.NoThread}
		s.gs[id] = g
		if tr.Stack != trace.NoStack {
			g.entry = entryOf(s.stack(tr.Stack))
		}
		if to == trace.GoWaiting {
			g.reason, g.stack = "", ""
		}
		g.born = true
		return
	}
	g := s.goroutine(id)
	if from == to {
		return
	}
	if g.entry == "" && tr.Stack != trace.NoStack {
		g.entry = entryOf(s.stack(tr.Stack))
	}
	s.leave(g, t)
	if g.state == trace.GoRunnable && to == trace.GoRunning {
		l, ok := s.Latencies[g.how]
		if !ok {
			l = &Latency{}
			s.Latencies[g.how] = l
		}
		l.add(int64(t - g.since))
	}
	if g.state == trace.GoWaiting && to == trace.GoRunnable {
		by := ""
		if ev.Stack() != trace.NoStack {
			by = s.stack(ev.Stack())
		}
		sumOf(s.edges, edgeKey{by, g.reason, g.stack}).add(int64(t - g.since))
	}
	switch to {
	case trace.GoRunnable:
		switch g.state {
		case trace.GoWaiting:
			g.how = "unblocked"
		case trace.GoSyscall:
			g.how = "syscall"
		case trace.GoRunning:
			g.how = "stopped"
		default:
			g.how = "already"
		}
	case trace.GoWaiting, trace.GoSyscall:
		g.reason, g.stack = tr.Reason, ""
		if tr.Stack != trace.NoStack {
			g.stack = s.stack(tr.Stack)
		}
	}
	g.state, g.since = to, t
	if to == trace.GoNotExist {
		s.Ended++
		s.entry(g).Ended++
		s.fold(g)
		if s.all {
			s.procs.fold(g)
		}
		delete(s.gs, id)
	}
}

// leave charges the time in the state that ends.
func (s *Summary) leave(g *gor, t trace.Time) {
	ns := int64(t - g.since)
	s.States[g.state.String()] += ns
	switch g.state {
	case trace.GoRunning:
		g.running += ns
	case trace.GoWaiting:
		sumOf(s.waits, waitKey{g.reason, g.stack}).add(ns)
	case trace.GoSyscall:
		sumOf(s.syscalls, waitKey{"", g.stack}).add(ns)
	}
}

// fold adds what a goroutine did to what those that start in the same function did.
func (s *Summary) fold(g *gor) {
	e := s.entry(g)
	e.Running += g.running
	if g.born {
		e.Created++
	}
}

func (s *Summary) entry(g *gor) *Entry {
	e, ok := s.Entries[g.entry]
	if !ok {
		e = &Entry{}
		s.Entries[g.entry] = e
	}
	return e
}

func (s *Summary) finish() {
	s.Wall = int64(s.last - s.first)
	s.Alive = int64(len(s.gs))
	if s.all {
		s.procs.finish(s)
	}
	for _, g := range s.gs {
		s.leave(g, s.last)
		s.fold(g)
	}
	for _, l := range s.Latencies {
		l.finish()
	}
	for k, v := range s.waits {
		s.Waits = append(s.Waits, Wait{k.reason, k.stack, *v})
	}
	for k, v := range s.syscalls {
		s.Syscalls = append(s.Syscalls, Wait{k.reason, k.stack, *v})
	}
	for k, v := range s.edges {
		s.Edges = append(s.Edges, Edge{k.by, k.reason, k.stack, *v})
	}
	for _, t := range s.tasks {
		s.Tasks = append(s.Tasks, *t)
	}
	slices.SortFunc(s.Tasks, func(a, b Task) int { return int(int64(a.ID) - int64(b.ID)) })
	byTotal := func(a, b Sum) int {
		switch {
		case a.Total > b.Total:
			return -1
		case a.Total < b.Total:
			return 1
		}
		return 0
	}
	slices.SortFunc(s.Waits, func(a, b Wait) int { return byTotal(a.Sum, b.Sum) })
	slices.SortFunc(s.Syscalls, func(a, b Wait) int { return byTotal(a.Sum, b.Sum) })
	slices.SortFunc(s.Edges, func(a, b Edge) int { return byTotal(a.Sum, b.Sum) })
}
