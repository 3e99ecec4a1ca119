// Package shelves keeps the products that were asked for last, up to a number that a short run does not reach.
package shelves

import (
	"container/list"
	"fmt"
	"net/http"
	"sync"
)

// most is how many products are kept.
const most = 5000

type product struct {
	name    string
	picture []byte
}

// Shelf keeps the products used last.
type Shelf struct {
	mu     sync.Mutex
	byName map[string]*list.Element
	order  *list.List
}

// New makes an empty shelf.
func New() *Shelf {
	return &Shelf{byName: map[string]*list.Element{}, order: list.New()}
}

// get finds a product, or loads and keeps it.
func (s *Shelf) get(name string) *product {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.byName[name]; ok {
		s.order.MoveToFront(at)
		return at.Value.(*product)
	}
	p := load(name)
	s.byName[name] = s.order.PushFront(p)
	s.trim()
	return p
}

// trim lets go of those that were not used for longest.
func (s *Shelf) trim() {
	for s.order.Len() > most {
		last := s.order.Back()
		delete(s.byName, last.Value.(*product).name)
		s.order.Remove(last)
	}
}

// load makes a product of 32 KiB.
func load(name string) *product {
	return &product{name, make([]byte, 32<<10)}
}

// Routes adds the routes of shelves to mux.
func (s *Shelf) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/products/{name}", func(w http.ResponseWriter, r *http.Request) {
		p := s.get(r.PathValue("name"))
		fmt.Fprintln(w, len(p.picture), p.name)
	})
}
