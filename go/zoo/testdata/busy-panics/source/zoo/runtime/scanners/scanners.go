// Package scanners reads measurements out of lines of text.
package scanners

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

var errNoNumber = errors.New("no number")

// Server answers for scanners.
type Server struct{ words []string }

// New makes a server with text to read.
func New() *Server {
	s := &Server{}
	for n := range 120_000 {
		s.words = append(s.words, fmt.Sprintf("%d", n), "metres")
	}
	return s
}

// Routes adds the routes of scanners to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/scans/{id}", s.scan)
}

func (s *Server) scan(w http.ResponseWriter, r *http.Request) {
	sum := 0
	for _, word := range s.words {
		if n, ok := number(word); ok {
			sum += n
		}
	}
	fmt.Fprintln(w, r.PathValue("id"), sum)
}

func number(word string) (n int, ok bool) {
	defer func() {
		if recover() != nil {
			n, ok = 0, false
		}
	}()
	return mustNumber(word), true
}

func mustNumber(word string) int {
	if word[0] < '0' || word[0] > '9' {
		panic(errNoNumber)
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return n
}
