// Package mosaics takes orders for rows of tiles, and lays what was ordered a few times a second.
package mosaics

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Server answers for mosaics.
type Server struct {
	ordered atomic.Int64
	laid    atomic.Int64
}

// New makes a server and begins to lay.
func New(ctx context.Context) *Server {
	s := &Server{}
	go s.work(ctx)
	return s
}

// Routes adds the routes of mosaics to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/mosaics/{id}", s.order)
}

func (s *Server) order(w http.ResponseWriter, r *http.Request) {
	s.ordered.Add(1)
	stock()
	fmt.Fprintln(w, r.PathValue("id"), tile(1000), s.laid.Load())
}

// stock asks the warehouse, which answers soon.
func stock() { time.Sleep(20 * time.Millisecond) }

func (s *Server) work(ctx context.Context) {
	tick := time.NewTicker(400 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.lay(int(s.ordered.Swap(0)))
		}
	}
}

// lay puts rows of tiles together, all at once.
func (s *Server) lay(rows int) {
	var all sync.WaitGroup
	for range rows {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 145 {
				s.laid.Add(int64(tile(100_000) & 1))
				runtime.Gosched()
			}
		}()
	}
	all.Wait()
}

func tile(n int) int {
	sum := 1
	for i := range n {
		sum ^= sum<<13 + i
		sum ^= sum >> 7
		sum ^= sum << 17
	}
	return sum
}
