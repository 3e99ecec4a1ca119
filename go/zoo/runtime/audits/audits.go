// Package audits checks a list of entries.
package audits

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

// Server answers for audits.
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

// Routes adds the routes of audits to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/audits/{id}", s.audit)
}

func (s *Server) audit(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, r.PathValue("id"), s.check())
}

func (s *Server) check() int {
	sum := 0
	for _, e := range s.entries {
		s.log.Debug(fmt.Sprintf("checking %+v", e))
		sum += e.Amount + e.From["desk"]
	}
	return sum
}
