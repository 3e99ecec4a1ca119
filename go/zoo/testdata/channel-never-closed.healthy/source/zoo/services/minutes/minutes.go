// Package minutes writes down what is agreed in sessions.
package minutes

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
)

type record struct {
	id    string
	lines chan string
	text  []byte
}

func open(n int) *record {
	return &record{id: fmt.Sprintf("m-%06d", n), lines: make(chan string, 8)}
}

// write puts the lines of one session down in the order in which they were said.
func (t *record) write() {
	for line := range t.lines {
		t.text = append(append(t.text, line...), '\n')
	}
}

// end is said when nothing more will be: what was said before is still written down.
func (t *record) end() { close(t.lines) }

// Server answers for minutes.
type Server struct {
	log  *slog.Logger
	mu   sync.Mutex
	next int
	open map[string]*record
}

// New makes a server without minutes.
func New(log *slog.Logger) *Server {
	return &Server{log: log, open: map[string]*record{}}
}

// Routes adds the routes of minutes to mux.
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
	found.end()
	delete(s.open, r.PathValue("id"))
	if s.next%100 == 0 {
		s.log.Info("minutes", "opened", s.next, "open", len(s.open))
	}
}
