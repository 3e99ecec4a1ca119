// Package roots measures family trees.
package roots

import (
	"fmt"
	"net/http"
	"sync"
)

type person struct {
	born   int
	parent *person
}

// Server answers for roots.
type Server struct {
	youngest *person
	asked    chan func()
}

// New makes a server with one long line of persons, and some who count.
func New() *Server {
	s := &Server{asked: make(chan func())}
	for n := range 6000 {
		s.youngest = &person{born: n, parent: s.youngest}
	}
	for range 4 {
		go func() {
			for count := range s.asked {
				count()
			}
		}()
	}
	return s
}

// Routes adds the routes of roots to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/roots/{id}", s.measure)
}

func (s *Server) measure(w http.ResponseWriter, r *http.Request) {
	sums := make([]int, 500)
	var all sync.WaitGroup
	for n := range sums {
		all.Add(1)
		s.asked <- func() {
			defer all.Done()
			sums[n] = years(s.youngest, n)
		}
	}
	all.Wait()
	fmt.Fprintln(w, r.PathValue("id"), sums[0])
}

func years(p *person, since int) int {
	var between [4]int
	if p == nil {
		return 0
	}
	between[p.born%4] = p.born - since
	return years(p.parent, p.born) + between[since%4]
}
