// Package cards takes orders for dishes.
package cards

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

type line struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Wants []string `json:"wants"`
}

// Server answers for cards.
type Server struct{}

// New makes a server.
func New() *Server { return &Server{} }

// Routes adds the routes of cards to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/orders/{id}", s.take)
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	n, err := count([]byte(orderOf(r.PathValue("id"))))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, n)
}

// orderOf stands for what a client would have sent.
func orderOf(id string) string {
	return "[" + strings.Repeat(`{"name":"dish `+id+`","count":2,"wants":["salt"]},`, 12_000) + `{"name":"last","count":1,"wants":[]}]`
}

func count(order []byte) (int, error) {
	var lines []line
	if err := json.Unmarshal(order, &lines); err != nil {
		return 0, err
	}
	total := 0
	for _, l := range lines {
		total += l.Count
	}
	return total, nil
}
