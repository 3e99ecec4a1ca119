package miss

import (
	"context"
	"sync"
)

// the receiver needs another lock
type relay struct {
	mu     sync.Mutex
	stats  sync.Mutex
	done   int
	events chan string
}

func (r *relay) publish(topic string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events <- topic
}

func (r *relay) deliver() {
	for range r.events {
		r.stats.Lock()
		r.done++
		r.stats.Unlock()
	}
}

// the lock is given back before the send
type hall struct {
	mu     sync.Mutex
	n      int
	events chan string
}

func (h *hall) publish(topic string) {
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
	h.events <- topic
}

func (h *hall) deliver() {
	for range h.events {
		h.mu.Lock()
		h.n--
		h.mu.Unlock()
	}
}

// the send has another case
type patient struct {
	mu     sync.Mutex
	n      int
	events chan string
}

func (p *patient) publish(ctx context.Context, topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.events <- topic:
	case <-ctx.Done():
	}
}

func (p *patient) deliver() {
	for range p.events {
		p.mu.Lock()
		p.n--
		p.mu.Unlock()
	}
}

// one of two receivers takes no lock
type two struct {
	mu     sync.Mutex
	n      int
	events chan string
}

func (t *two) publish(topic string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events <- topic
}

func (t *two) deliver() {
	for range t.events {
		t.mu.Lock()
		t.n--
		t.mu.Unlock()
	}
}

func (t *two) drain() {
	for range t.events {
	}
}

// the channel is handed on: who receives from it is not known
type open struct {
	mu     sync.Mutex
	n      int
	events chan string
}

func (o *open) subscribe() <-chan string { return o.events }

func (o *open) publish(topic string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events <- topic
}

func (o *open) deliver() {
	for range o.events {
		o.mu.Lock()
		o.n--
		o.mu.Unlock()
	}
}

// the workers need no lock
type depot struct {
	mu      sync.Mutex
	shipped int
}

func (d *depot) ship(parcels int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all sync.WaitGroup
	for range parcels {
		all.Add(1)
		go func() {
			defer all.Done()
			carry()
		}()
	}
	all.Wait()
	d.shipped += parcels
}

func carry() {}

// the only lock held is the one that Wait gives back
type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []int
}

func newQueue() *queue {
	q := &queue{}
	q.ready = sync.NewCond(&q.mu)
	return q
}

func (q *queue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.ready.Wait()
	}
	n := q.items[0]
	q.items = q.items[1:]
	return n
}

func (q *queue) put(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, n)
	q.ready.Signal()
}

// an embedding type receives through the promoted field and needs no lock
type feed struct {
	mu   sync.Mutex
	n    int
	news chan string
}

type app struct{ *feed }

func (f *feed) publish(topic string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.news <- topic
}

func (f *feed) deliver() {
	for range f.news {
		f.mu.Lock()
		f.n--
		f.mu.Unlock()
	}
}

func (a *app) drain() {
	for range a.news {
	}
}
