// Package receipts prints receipts of many items.
package receipts

import (
	"fmt"
	"net/http"
	"strconv"
)

type item struct {
	name  string
	price *int
}

// Server answers for receipts.
type Server struct{ items int }

// New makes a server for receipts of so many items.
func New(items int) *Server { return &Server{items} }

// Routes adds the routes of receipts to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/receipts/{id}", s.print)
}

func (s *Server) print(w http.ResponseWriter, r *http.Request) {
	total := 0
	for page := range 40 {
		for _, i := range s.page(page) {
			total += *i.price + len(i.name)
		}
	}
	fmt.Fprintln(w, r.PathValue("id"), total)
}

func (s *Server) page(number int) []*item {
	var items []*item
	for n := range s.items {
		price := number * n
		items = append(items, &item{name: "item " + strconv.Itoa(n), price: &price})
	}
	return items
}
