// Package observers follows gauges and quotes them.
package observers

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
)

// Server answers for observers.
type Server struct {
	readings chan int
	latest   atomic.Int64
	turns    int
}

// New makes a server and starts following.
func New(ctx context.Context) *Server {
	s := &Server{readings: make(chan int)}
	go s.follow(ctx)
	return s
}

// Routes adds the routes of observers to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/gauges/{id}", s.quote)
}

func (s *Server) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-s.readings:
			s.latest.Store(int64(n))
			s.turns++
		}
	}
}

func (s *Server) quote(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, r.PathValue("id"), weigh(165_000), s.latest.Load())
}

// weigh stands for what a quote costs.
func weigh(n int) int {
	sum := 0
	for i := range n {
		sum = sum*31 + len(fmt.Sprint(i))
	}
	return sum
}
