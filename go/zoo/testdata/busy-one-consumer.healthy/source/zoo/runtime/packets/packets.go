// Package packets weighs what is brought in.
package packets

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type packet struct {
	id     string
	weight chan int
}

// Server answers for packets.
type Server struct{ belt chan packet }

// New makes a server and starts its scales.
func New(ctx context.Context) *Server {
	s := &Server{belt: make(chan packet)}
	for range 8 {
		go s.weigh(ctx)
	}
	return s
}

// Routes adds the routes of packets to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/packets/{id}", s.bring)
}

func (s *Server) bring(w http.ResponseWriter, r *http.Request) {
	p := packet{id: r.PathValue("id"), weight: make(chan int, 1)}
	s.belt <- p
	fmt.Fprintln(w, <-p.weight)
}

func (s *Server) weigh(ctx context.Context) {
	for p := range s.belt {
		p.weight <- onScales(p.id)
		if ctx.Err() != nil {
			return
		}
	}
}

// onScales waits until the scales stand still.
func onScales(id string) int {
	time.Sleep(50 * time.Millisecond)
	return len(id)
}
