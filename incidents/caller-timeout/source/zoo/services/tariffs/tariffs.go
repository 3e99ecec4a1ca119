// Package tariffs computes what a basket costs.
package tariffs

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Server answers for tariffs.
type Server struct {
	log *slog.Logger
}

// New makes a server.
func New(log *slog.Logger) *Server { return &Server{log} }

// Routes adds the routes of tariffs to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/price/{basket}", s.price)
}

// price waits for the tariff engine, which computes in rounds of 60 ms; a basket of n articles takes n%3+1 rounds.
func (s *Server) price(w http.ResponseWriter, r *http.Request) {
	basket := r.PathValue("basket")
	rounds := int(basket[len(basket)-1]-'0')%3 + 1
	for range rounds {
		time.Sleep(60 * time.Millisecond)
	}
	fmt.Fprintf(w, `{"basket":%q,"cents":%d}`, basket, 1000*rounds)
}
