// Package hub tells subscribers what happened, with its lock held while it sends; whoever handles an event asks the hub afterwards.
package hub

import (
	"sync"
	"time"
)

type event struct{ topic string }

// Hub passes events on.
type Hub struct {
	mu     sync.Mutex
	seen   map[string]int
	events chan event
}

// Publish counts an event and passes it on.
func (h *Hub) Publish(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen[topic]++
	h.events <- event{topic}
}

// Announce does the same and sends when its lock is given back.
func (h *Hub) Announce(topic string) {
	h.mu.Lock()
	h.seen[topic]++
	h.mu.Unlock()
	h.events <- event{topic}
}

// Count says how often something happened.
func (h *Hub) Count(topic string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen[topic]
}

func (h *Hub) deliver(handle func(topic string)) {
	most := 0
	for e := range h.events {
		handle(e.topic)
		most = max(most, h.Count(e.topic))
	}
}

func open() *Hub {
	h := &Hub{seen: map[string]int{}, events: make(chan event)}
	go h.deliver(func(string) { time.Sleep(5 * time.Millisecond) })
	return h
}

// Run publishes faster than events are handled.
func Run() {
	for h := open(); ; {
		h.Publish("order placed")
	}
}

// RunHealthy announces faster than events are handled.
func RunHealthy() {
	for h := open(); ; {
		h.Announce("order placed")
	}
}
