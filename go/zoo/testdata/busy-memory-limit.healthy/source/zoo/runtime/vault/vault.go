// Package vault keeps deeds and finds those of one owner.
package vault

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

type deed struct {
	owner *string
	parts []*part
}

type part struct {
	name *string
	next *part
}

// Server answers for vault.
type Server struct {
	mu    sync.Mutex
	deeds map[int]*deed
	next  int
	most  int
}

// New makes a server that keeps the newest deeds.
func New(most int) *Server { return &Server{deeds: map[int]*deed{}, most: most} }

// Routes adds the routes of vault to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/deeds/{id}", s.record)
}

// record takes a batch of new deeds in and says what was taken.
func (s *Server) record(w http.ResponseWriter, r *http.Request) {
	var lines []string
	for n := range 600 {
		d := makeDeed(r.PathValue("id"), n)
		lines = append(lines, s.keep(d))
	}
	fmt.Fprintln(w, len(strings.Join(lines, ";")))
}

func (s *Server) keep(d *deed) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.deeds, s.next-s.most)
	s.deeds[s.next] = d
	s.next++
	return fmt.Sprintf("%d of %s", s.next, *d.owner)
}

func makeDeed(id string, n int) *deed {
	owner := fmt.Sprintf("owner %s/%d", id, n)
	d := &deed{owner: &owner}
	var last *part
	for p := range 24 {
		name := fmt.Sprintf("part %d", p)
		last = &part{name: &name, next: last}
		d.parts = append(d.parts, last)
	}
	return d
}
