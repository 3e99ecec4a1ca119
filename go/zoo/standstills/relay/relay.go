// Package relay sends with its lock held as package hub does, but its receiver needs another lock: callers queue, and all goes on.
package relay

import (
	"sync"
	"time"
)

type event struct{ topic string }

// Relay passes events on.
type Relay struct {
	mu     sync.Mutex
	sent   int
	stats  sync.Mutex
	done   int
	events chan event
}

// Publish passes an event on; one at a time, so that they stay in order.
func (r *Relay) Publish(topic string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	r.events <- event{topic}
}

func (r *Relay) deliver() {
	for e := range r.events {
		r.handle(e)
	}
}

func (r *Relay) handle(event) {
	time.Sleep(20 * time.Millisecond)
	r.stats.Lock()
	defer r.stats.Unlock()
	r.done++
}

// Run has four publishers and one slow receiver.
func Run() {
	r := &Relay{events: make(chan event)}
	go r.deliver()
	for range 4 {
		go func() {
			for {
				r.Publish("order placed")
			}
		}()
	}
	select {}
}
