package miss

import (
	"context"
	"sync"
)

type bus struct {
	mu   sync.RWMutex
	subs map[chan int]struct{}
}

// a copy is made with the lock held, and sent to without it
func (b *bus) publish(v int) {
	b.mu.RLock()
	all := make([]chan int, 0, len(b.subs))
	for c := range b.subs {
		all = append(all, c)
	}
	b.mu.RUnlock()
	for _, c := range all {
		c <- v
	}
}

// whoever is not there is left out
func (b *bus) offer(v int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.subs {
		select {
		case c <- v:
		default:
		}
	}
}

// it ends with its context
func (b *bus) tell(ctx context.Context, v int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.subs {
		select {
		case c <- v:
		case <-ctx.Done():
			return
		}
	}
}

// another goroutine sends
func (b *bus) later(v int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.subs {
		go func() { c <- v }()
	}
}
