// Package albums takes the names of visitors, each once.
package albums

import (
	"fmt"
	"net/http"
	"sync"
)

// Server answers for albums.
type Server struct {
	mu    sync.Mutex
	names map[string]bool
}

// New makes a server with an empty book.
func New() *Server { return &Server{names: map[string]bool{}} }

// Routes adds the routes of albums to mux.
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
	fmt.Fprintln(w, fresh, weigh(60_000))
}

func (s *Server) add(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names[name] {
		return false
	}
	s.names[name] = true
	return true
}

// weigh stands for what else a visit costs.
func weigh(n int) int {
	sum := 0
	for i := range n {
		sum = sum*31 + len(fmt.Sprint(i))
	}
	return sum
}
