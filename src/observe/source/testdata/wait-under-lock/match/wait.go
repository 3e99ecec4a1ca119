package match

import "sync"

type hub struct {
	mu     sync.Mutex
	seen   map[string]int
	events chan string
}

func newHub() *hub {
	h := &hub{seen: map[string]int{}}
	h.events = make(chan string)
	go h.deliver()
	return h
}

func (h *hub) publish(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events <- topic // want
}

func (h *hub) deliver() {
	for e := range h.events {
		h.note(e)
	}
}

func (h *hub) note(topic string) {
	h.mu.Lock()
	h.seen[topic]++
	h.mu.Unlock()
}

type inbox struct {
	mu   sync.Mutex
	jobs chan int
}

func (b *inbox) put(job int) {
	b.mu.Lock()
	b.jobs <- job // want
	b.mu.Unlock()
}

func (b *inbox) take() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return <-b.jobs // want
}

type index struct {
	mu    sync.RWMutex
	words map[string]int
}

func (x *index) add(texts []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all sync.WaitGroup
	for _, t := range texts {
		all.Add(1)
		go func() {
			defer all.Done()
			x.mu.Lock()
			x.words[t]++
			x.mu.Unlock()
		}()
	}
	all.Wait() // want
}

type gate struct {
	visitors sync.Mutex
	mu       sync.Mutex
	left     *sync.Cond
	inside   int
}

func newGate() *gate {
	g := &gate{}
	g.left = sync.NewCond(&g.mu)
	return g
}

func (g *gate) enter() {
	g.visitors.Lock()
	defer g.visitors.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.inside == 3 {
		g.left.Wait() // want
	}
	g.inside++
}

func (g *gate) leave() {
	g.visitors.Lock()
	defer g.visitors.Unlock()
	g.mu.Lock()
	g.inside--
	g.mu.Unlock()
	g.left.Signal()
}
