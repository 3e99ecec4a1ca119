// Package leases keeps who may write, and its expiry, up to date.
package leases

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const refreshEvery = 2 * time.Second

type lease struct {
	id      string
	expires atomic.Int64
	trail   []byte
	done    chan struct{}
}

// keepFresh moves the expiry of a lease forward, until it is released.
func (s *lease) keepFresh() {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			s.expires.Store(now.Add(3 * refreshEvery).Unix())
		case <-s.done:
			return
		}
	}
}

// Server answers for leases.
type Server struct {
	log  *slog.Logger
	mu   sync.Mutex
	next int
	open map[string]*lease
}

// New makes a server without leases.
func New(log *slog.Logger) *Server {
	return &Server{log: log, open: map[string]*lease{}}
}

// Routes adds the routes of leases to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/sessions", s.create)
	mux.HandleFunc("GET /v1/sessions/{id}", s.show)
	mux.HandleFunc("DELETE /v1/sessions/{id}", s.remove)
}

func (s *Server) create(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.next++
	opened := &lease{id: fmt.Sprintf("l-%06d", s.next), trail: make([]byte, 4096), done: make(chan struct{})}
	s.open[opened.id] = opened
	s.mu.Unlock()
	go opened.keepFresh()
	fmt.Fprintln(w, opened.id)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	found, known := s.open[r.PathValue("id")]
	s.mu.Unlock()
	if !known {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintln(w, found.id, found.expires.Load())
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	released, known := s.open[r.PathValue("id")]
	if !known {
		http.NotFound(w, r)
		return
	}
	close(released.done)
	delete(s.open, r.PathValue("id"))
	if s.next%100 == 0 {
		s.log.Info("leases", "opened", s.next, "open", len(s.open))
	}
}
