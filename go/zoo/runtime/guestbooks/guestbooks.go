// Package guestbooks takes the names of visitors, each once.
package guestbooks

import (
	"fmt"
	"net/http"
	"sync"
)

// Server answers for guestbooks.
type Server struct {
	mu    sync.Mutex
	names []string
}

// New makes a server with an empty book.
func New() *Server { return &Server{} }

// Routes adds the routes of guestbooks to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/visits/{id}", s.sign)
}

// sign takes in a party of visitors.
func (s *Server) sign(w http.ResponseWriter, r *http.Request) {
	fresh := 0
	for n := range 190 {
		if s.add(fmt.Sprintf("visitor %s of party %d", r.PathValue("id"), n)) {
			fresh++
		}
	}
	fmt.Fprintln(w, fresh)
}

func (s *Server) add(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.names {
		if known == name {
			return false
		}
	}
	s.names = append(s.names, name)
	return true
}
