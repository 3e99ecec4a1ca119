// Package reviews checks a list of entries.
package reviews

import (
	"fmt"
	"log/slog"
	"net/http"
)

type entry struct {
	Name   string
	Amount int
	Notes  []string
	From   map[string]int
}

// Server answers for reviews.
type Server struct {
	log     *slog.Logger
	entries []entry
}

// New makes a server with entries to check.
func New(log *slog.Logger) *Server {
	s := &Server{log: log}
	for n := range 25_000 {
		s.entries = append(s.entries, entry{fmt.Sprintf("entry %d", n), n, []string{"seen", "kept"}, map[string]int{"desk": n, "post": n + 1}})
	}
	return s
}

// Routes adds the routes of reviews to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/reviews/{id}", s.review)
}

func (s *Server) review(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, r.PathValue("id"), s.checkAll())
}

func (s *Server) checkAll() int {
	sum := 0
	for range 15 {
		sum += s.check()
	}
	return sum
}

func (s *Server) check() int {
	sum := 0
	for i := range s.entries {
		e := &s.entries[i]
		s.log.Debug("checking", "entry", e)
		sum += e.Amount + e.From["desk"]
	}
	return sum
}
