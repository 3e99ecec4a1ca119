// Package backend answers what the other services ask, as slowly and as wrongly as it is told to.
package backend

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// behaviour is what PUT /v1/behaviour sets.
type behaviour struct {
	DelayMs     int     `json:"delayMs"`     // of an ordinary answer
	SlowMs      int     `json:"slowMs"`      // of a slow one
	SlowShare   float64 `json:"slowShare"`   // how many are slow
	RejectNext  int     `json:"rejectNext"`  // so many POSTs are answered 503
	UnknownRate float64 `json:"unknownRate"` // so many rates are not known
}

// Server is the backend.
type Server struct {
	log *slog.Logger
	mu  sync.Mutex
	now behaviour
}

// New makes a backend that is quick.
func New(log *slog.Logger) *Server {
	return &Server{log: log, now: behaviour{DelayMs: 20, SlowMs: 20}}
}

// Routes adds the backend's routes to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("PUT /v1/behaviour", s.behave)
	mux.HandleFunc("GET /v1/", s.answer)
	mux.HandleFunc("POST /v1/", s.accept)
}

func (s *Server) behave(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.NewDecoder(r.Body).Decode(&s.now); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	now := s.now
	s.mu.Unlock()
	delay := now.DelayMs
	if rand.Float64() < now.SlowShare {
		delay = now.SlowMs
	}
	time.Sleep(time.Duration(delay) * time.Millisecond)
	if strings.HasPrefix(r.URL.Path, "/v1/rates/") && rand.Float64() < now.UnknownRate {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"error":"no rate for this pair today","path":%q}`, r.URL.Path)
		return
	}
	fmt.Fprintf(w, `{"path":%q,"available":%d,"rate":1.0%d}`, r.URL.Path, rand.IntN(100), rand.IntN(1000))
}

func (s *Server) accept(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	delay, reject := s.now.DelayMs, s.now.RejectNext > 0
	if reject {
		s.now.RejectNext--
	}
	s.mu.Unlock()
	time.Sleep(time.Duration(delay) * time.Millisecond)
	if reject {
		s.log.Warn("storage is read-only for a moment", "status", http.StatusServiceUnavailable)
		http.Error(w, "read-only", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
