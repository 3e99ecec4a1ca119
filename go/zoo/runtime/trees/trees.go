// Package trees measures family trees.
package trees

import (
	"fmt"
	"net/http"
	"sync"
)

type person struct {
	born   int
	parent *person
}

// Server answers for trees.
type Server struct{ youngest *person }

// New makes a server with one long line of persons.
func New() *Server {
	s := &Server{}
	for n := range 6000 {
		s.youngest = &person{born: n, parent: s.youngest}
	}
	return s
}

// Routes adds the routes of trees to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/trees/{id}", s.measure)
}

func (s *Server) measure(w http.ResponseWriter, r *http.Request) {
	sums := make([]int, 100)
	var all sync.WaitGroup
	for n := range sums {
		all.Add(1)
		go func() {
			defer all.Done()
			sums[n] = years(s.youngest, n)
		}()
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
