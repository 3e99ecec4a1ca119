package nearmiss

import (
	"context"
	"time"
)

type Hub struct {
	events chan string
	stop   chan struct{}
	jobs   chan int
}

func (h *Hub) Close() {
	close(h.stop)
	close(h.jobs)
}

// A case on the context.
func (h *Hub) Watch(ctx context.Context) {
	go func() {
		for {
			select {
			case e := <-h.events:
				_ = e
			case <-ctx.Done():
				return
			}
		}
	}()
}

// A stop channel that somebody closes.
func (h *Hub) Run(ctx context.Context) {
	go func() {
		for {
			select {
			case e := <-h.events:
				_ = e
			case <-h.stop:
				return
			}
		}
	}()
	_ = ctx
}

// A range over a channel that is closed.
func (h *Hub) Work(ctx context.Context) {
	go func() {
		for j := range h.jobs {
			_ = j
		}
	}()
	_ = ctx
}

// It goes on by itself after a while.
func (h *Hub) Poll(ctx context.Context) {
	go func() {
		select {
		case e := <-h.events:
			_ = e
		case <-time.After(time.Second):
		}
	}()
	_ = ctx
}

// No context anywhere: there is nothing it could have asked.
func (h *Hub) Plain() {
	go func() {
		<-h.events
	}()
}

// The function itself takes the answer.
func (h *Hub) Ask(ctx context.Context, slow func(context.Context) int) int {
	answer := make(chan int)
	go func() { answer <- slow(ctx) }()
	return <-answer
}

// Waiting for the context is being told.
func (h *Hub) After(ctx context.Context, f func()) {
	go func() {
		<-ctx.Done()
		f()
	}()
}
