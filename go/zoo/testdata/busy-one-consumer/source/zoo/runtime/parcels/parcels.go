// Package parcels weighs what is brought in.
package parcels

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type parcel struct {
	id     string
	weight chan int
}

// Server answers for parcels.
type Server struct{ belt chan parcel }

// New makes a server and starts its scales.
func New(ctx context.Context) *Server {
	s := &Server{belt: make(chan parcel)}
	go s.weigh(ctx)
	return s
}

// Routes adds the routes of parcels to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/parcels/{id}", s.bring)
}

func (s *Server) bring(w http.ResponseWriter, r *http.Request) {
	p := parcel{id: r.PathValue("id"), weight: make(chan int, 1)}
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
