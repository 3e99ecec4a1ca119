// Package readers reads measurements out of lines of text.
package readers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

var errNoNumber = errors.New("no number")

// Server answers for readers.
type Server struct{ words []string }

// New makes a server with text to read.
func New() *Server {
	s := &Server{}
	for n := range 600_000 {
		s.words = append(s.words, fmt.Sprintf("%d", n), "metres")
	}
	return s
}

// Routes adds the routes of readers to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/scans/{id}", s.scan)
}

func (s *Server) scan(w http.ResponseWriter, r *http.Request) {
	sum := 0
	for _, word := range s.words {
		if n, err := number(word); err == nil {
			sum += n
		}
	}
	fmt.Fprintln(w, r.PathValue("id"), sum)
}

func number(word string) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading %q: %v", word, r)
		}
	}()
	if word[0] < '0' || word[0] > '9' {
		return 0, errNoNumber
	}
	return strconv.Atoi(word)
}
