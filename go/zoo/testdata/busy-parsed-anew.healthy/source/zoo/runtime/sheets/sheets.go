// Package sheets shows articles.
package sheets

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

const layout = `<html><body><h1>{{.Title}}</h1>{{range $i, $p := .Parts}}{{if $p}}<p class="{{$.Class}}" title="{{$p}}">{{$i}}: {{$p}}</p>{{else}}<hr>{{end}}{{end}}` +
	`<script>var title = {{.Title}};</script><a href="/read?title={{.Title}}">more</a></body></html>`

var page = template.Must(template.New("page").Parse(layout))

type article struct {
	Title, Class string
	Parts        []string
}

// Server answers for sheets.
type Server struct{ parts []string }

// New makes a server with the parts of an article.
func New() *Server { return &Server{strings.Fields(strings.Repeat("alder birch cedar ", 4))} }

// Routes adds the routes of sheets to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/sheets/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	for n := range 300 {
		a := article{fmt.Sprintf("article %s/%d", r.PathValue("id"), n), "part", s.parts}
		if err := page.Execute(w, a); err != nil {
			return // who asked is gone
		}
	}
}
