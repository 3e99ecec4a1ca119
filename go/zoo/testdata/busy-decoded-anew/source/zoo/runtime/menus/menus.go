// Package menus quotes dishes from a printed card.
package menus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

type dish struct {
	Name  string   `json:"name"`
	Price int      `json:"price"`
	Tags  []string `json:"tags"`
}

// Server answers for menus.
type Server struct{ card []byte }

// New makes a server with a card of dishes.
func New() *Server {
	var dishes []string
	for n := range 2_500 {
		dishes = append(dishes, fmt.Sprintf(`{"name":"dish %d","price":%d,"tags":["warm","plate","number %d"]}`, n, 100+n, n%9))
	}
	return &Server{[]byte("[" + strings.Join(dishes, ",") + "]")}
}

// Routes adds the routes of menus to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/dishes/{id}", s.quote)
}

func (s *Server) quote(w http.ResponseWriter, r *http.Request) {
	for course := range 8 {
		d, err := s.find(fmt.Sprintf("dish %s%d", r.PathValue("id"), course))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, d.Name, d.Price)
	}
}

func (s *Server) find(name string) (dish, error) {
	var dishes []dish
	if err := json.Unmarshal(s.card, &dishes); err != nil {
		return dish{}, err
	}
	for _, d := range dishes {
		if d.Name == name {
			return d, nil
		}
	}
	return dish{Name: "of the day", Price: 900}, nil
}
