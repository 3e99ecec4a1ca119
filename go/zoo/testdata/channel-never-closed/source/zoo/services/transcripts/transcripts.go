// Package transcripts writes down what is said in sessions.
package transcripts

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
)

type transcript struct {
	id    string
	lines chan string
	text  []byte
}

func open(n int) *transcript {
	return &transcript{id: fmt.Sprintf("t-%06d", n), lines: make(chan string, 8)}
}

// write puts the lines of one session down in the order in which they were said.
func (t *transcript) write() {
	for line := range t.lines {
		t.text = append(append(t.text, line...), '\n')
	}
}

// Server answers for transcripts.
type Server struct {
	log  *slog.Logger
	mu   sync.Mutex
	next int
	open map[string]*transcript
}

// New makes a server without transcripts.
func New(log *slog.Logger) *Server {
	return &Server{log: log, open: map[string]*transcript{}}
}

// Routes adds the routes of transcripts to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/sessions", s.create)
	mux.HandleFunc("DELETE /v1/sessions/{id}", s.remove)
}

func (s *Server) create(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.next++
	opened := open(s.next)
	s.open[opened.id] = opened
	s.mu.Unlock()
	go opened.write()
	opened.lines <- "opened"
	fmt.Fprintln(w, opened.id)
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known := s.open[r.PathValue("id")]
	if !known {
		http.NotFound(w, r)
		return
	}
	found.lines <- "left"
	delete(s.open, r.PathValue("id"))
	if s.next%100 == 0 {
		s.log.Info("transcripts", "opened", s.next, "open", len(s.open))
	}
}
