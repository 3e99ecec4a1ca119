// Package bulletins prints the headlines of a day.
package bulletins

import (
	"fmt"
	"io"
	"net/http"
)

type entry struct {
	title, place, author string
}

// Server answers for bulletins.
type Server struct{ entries []entry }

// New makes a server with the headlines of one day.
func New() *Server {
	s := &Server{}
	for n := range 1200 {
		s.entries = append(s.entries, entry{fmt.Sprintf("headline number %d of the day", n), "harbour", "the night desk"})
	}
	return s
}

// Routes adds the routes of bulletins to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/bulletins/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, s.page(r.PathValue("id")))
}

func (s *Server) page(id string) string {
	page := "bulletin " + id + "\n"
	for _, e := range s.entries {
		page += e.title + " (" + e.place + ", " + e.author + ")\n"
	}
	return page
}
