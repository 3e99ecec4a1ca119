// Package warehouse knows what is in stock.
package warehouse

import (
	"math/rand/v2"
	"net/http"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

// Server answers for the stock.
type Server struct{ house *telemetry.House }

// New makes a server.
func New(h *telemetry.House) *Server { return &Server{h} }

// Routes adds the routes of warehouse to mux.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc("GET /v1/stock/{sku}", s.stock) }

func (s *Server) stock(w http.ResponseWriter, r *http.Request) {
	if telemetry.Sleep(r.Context(), time.Duration(2+rand.IntN(8))*time.Millisecond) != nil {
		w.WriteHeader(499)
		return
	}
	w.Write([]byte(`{"left":7}`))
}
