// Package catalogs renders a page of a catalogue for each request, and keeps none.
package catalogs

import (
	"fmt"
	"net/http"
	"strings"
)

type item struct {
	name  string
	price int
}

// Server answers for catalogs.
type Server struct {
	items []item
}

// New makes a catalogue of two thousand items.
func New() *Server {
	s := &Server{}
	for i := range 2000 {
		s.items = append(s.items, item{fmt.Sprintf("item %d", i), i})
	}
	return s
}

func (s *Server) render() string {
	var lines []string
	for _, i := range s.items {
		lines = append(lines, fmt.Sprintf("<li>%s <b>%d</b>", i.name, i.price))
	}
	return strings.Join(lines, "\n")
}

// Routes adds the routes of catalogs to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/catalog", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, s.render()) })
}
