// Package frames encodes what sessions are sent, each into a buffer of its own.
package frames

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Session is one of the users who are there.
type Session struct {
	mu  sync.Mutex
	out bytes.Buffer
}

// Server knows the sessions by their ids.
type Server struct {
	mu       sync.Mutex
	sessions map[string]*Session
}

// New makes a server without sessions.
func New() *Server { return &Server{sessions: map[string]*Session{}} }

func (s *Server) session(id string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.sessions[id]
	if !known {
		one = &Session{}
		s.sessions[id] = one
	}
	return one
}

func (s *Server) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// encode writes so many rows, and says how long that is.
func (s *Session) encode(rows int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Reset()
	for i := range rows {
		fmt.Fprintf(&s.out, "%08d;%s\n", i, "a row of a table that somebody asked for")
	}
	return s.out.Len()
}

// Routes adds the routes of frames to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/sessions/{id}/rows", func(w http.ResponseWriter, r *http.Request) {
		rows, err := strconv.Atoi(r.FormValue("n"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, s.session(r.PathValue("id")).encode(rows))
	})
	mux.HandleFunc("DELETE /v1/sessions/{id}", func(w http.ResponseWriter, r *http.Request) { s.end(r.PathValue("id")) })
}
