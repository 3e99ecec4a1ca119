package match

import (
	"sync"
	"time"
)

type bus struct {
	mu   sync.RWMutex
	subs map[chan int]struct{}
}

func (b *bus) publish(v int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.subs {
		c <- v // want
	}
}

type queue struct {
	mu   sync.Mutex
	work chan int
	last time.Time
}

func (q *queue) next() int {
	q.mu.Lock()
	q.last = time.Now()
	v := <-q.work // want
	q.mu.Unlock()
	return v
}

func (q *queue) drain() (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range q.work { // want
		n++
	}
	return n
}
