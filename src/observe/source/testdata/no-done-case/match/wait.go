package match

import "context"

type Hub struct {
	events chan string
	acks   chan int
}

func (h *Hub) subscribe() chan string { return h.events }

// Watch starts a goroutine a request; the request's context is at hand and not asked.
func (h *Hub) Watch(ctx context.Context, show func(string)) {
	updates := h.subscribe()
	go func() {
		for {
			select { // want
			case u := <-updates:
				show(u)
			case n := <-h.acks:
				show(string(rune(n)))
			}
		}
	}()
	<-ctx.Done()
}

func (h *Hub) Follow(ctx context.Context) {
	go h.follow(ctx)
}

func (h *Hub) follow(ctx context.Context) {
	_ = ctx.Err()
	for e := range h.events { // want
		_ = e
	}
}

func (h *Hub) Tell(ctx context.Context, n int) {
	go func() {
		if ctx.Err() == nil {
			h.acks <- n // want
		}
	}()
}
