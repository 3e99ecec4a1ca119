// Package veils hides what letters say of persons.
package veils

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

var patterns = []*regexp.Regexp{
	regexp.MustCompile(`(?i)[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}\.[a-z]{2,24}`),
	regexp.MustCompile(`\+?\d{1,3}[ -]?\(?\d{2,5}\)?([ -]?\d{2,5}){2,4}`),
	regexp.MustCompile(`\b[A-Z]{2}\d{2}([ ]?[A-Z0-9]{4}){3,7}\b`),
	regexp.MustCompile(`(?i)\b(mr|mrs|ms|dr)\.? [A-Z][a-z]{1,40}( [A-Z][a-z]{1,40})?\b`),
}

// Server answers for veils.
type Server struct{ letter string }

// New makes a server with a letter to mask.
func New() *Server {
	return &Server{strings.Repeat("Dear Mr. Alder, write to alder@example.org or call +49 30 123 456. ", 3)}
}

// Routes adds the routes of veils to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/veils/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	masked := 0
	for range 280 {
		masked += len(mask(s.letter))
	}
	fmt.Fprintln(w, r.PathValue("id"), masked)
}

func mask(text string) string {
	for _, p := range patterns {
		text = p.ReplaceAllString(text, "***")
	}
	return text
}
