// Package pages shows articles.
package pages

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

const layout = `<html><body><h1>{{.Title}}</h1>{{range $i, $p := .Parts}}{{if $p}}<p class="{{$.Class}}" title="{{$p}}">{{$i}}: {{$p}}</p>{{else}}<hr>{{end}}{{end}}` +
	`<script>var title = {{.Title}};</script><a href="/read?title={{.Title}}">more</a></body></html>`

type article struct {
	Title, Class string
	Parts        []string
}

// Server answers for pages.
type Server struct{ parts []string }

// New makes a server with the parts of an article.
func New() *Server { return &Server{strings.Fields(strings.Repeat("alder birch cedar ", 4))} }

// Routes adds the routes of pages to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/pages/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	for n := range 360 {
		a := article{fmt.Sprintf("article %s/%d", r.PathValue("id"), n), "part", s.parts}
		if err := render(w, a); err != nil {
			return // who asked is gone
		}
	}
}

func render(w http.ResponseWriter, a article) error {
	page, err := template.New("page").Parse(layout)
	if err != nil {
		return err
	}
	return page.Execute(w, a)
}
