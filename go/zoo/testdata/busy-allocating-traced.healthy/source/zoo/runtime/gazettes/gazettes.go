// Package gazettes prints the headlines of a day.
package gazettes

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

type entry struct {
	title, place, author string
}

// Server answers for gazettes.
type Server struct{ entries []entry }

// New makes a server with the headlines of one day.
func New() *Server {
	s := &Server{}
	for n := range 120_000 {
		s.entries = append(s.entries, entry{fmt.Sprintf("headline number %d of the day", n), "harbour", "the night desk"})
	}
	return s
}

// Routes adds the routes of gazettes to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/gazettes/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, s.page(r.PathValue("id")))
}

func (s *Server) page(id string) string {
	var page strings.Builder
	page.Grow(len(s.entries) * 72)
	page.WriteString("gazette " + id + "\n")
	for _, e := range s.entries {
		page.WriteString(e.title)
		page.WriteString(" (")
		page.WriteString(e.place)
		page.WriteString(", ")
		page.WriteString(e.author)
		page.WriteString(")\n")
	}
	return page.String()
}
