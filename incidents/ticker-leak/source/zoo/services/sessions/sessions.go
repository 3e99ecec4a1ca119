// Package sessions keeps what users are doing, and its expiry, up to date.
package sessions

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const refreshEvery = 2 * time.Second

type session struct {
	id      string
	expires atomic.Int64
	trail   []byte
}

// keepFresh moves the expiry of a session forward.
func (s *session) keepFresh() {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for now := range ticker.C {
		s.expires.Store(now.Add(3 * refreshEvery).Unix())
	}
}

// Server answers for sessions.
type Server struct {
	log  *slog.Logger
	mu   sync.Mutex
	next int
	open map[string]*session
}

// New makes a server without sessions.
func New(log *slog.Logger) *Server {
	return &Server{log: log, open: map[string]*session{}}
}

// Routes adds the routes of sessions to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/sessions", s.create)
	mux.HandleFunc("GET /v1/sessions/{id}", s.show)
	mux.HandleFunc("DELETE /v1/sessions/{id}", s.remove)
}

func (s *Server) create(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.next++
	opened := &session{id: fmt.Sprintf("s-%06d", s.next), trail: make([]byte, 4096)}
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
	if _, known := s.open[r.PathValue("id")]; !known {
		http.NotFound(w, r)
		return
	}
	delete(s.open, r.PathValue("id"))
	if s.next%100 == 0 {
		s.log.Info("sessions", "opened", s.next, "open", len(s.open))
	}
}
