// Package ledger writes down what was paid.
package ledger

import (
	"math/rand/v2"
	"net/http"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

// Server answers for the ledger.
type Server struct{ house *telemetry.House }

// New makes a server.
func New(h *telemetry.House) *Server { return &Server{h} }

// Routes adds the routes of the ledger to mux.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc("POST /v1/entries", s.write) }

func (s *Server) write(w http.ResponseWriter, r *http.Request) {
	if telemetry.Sleep(r.Context(), time.Duration(3+rand.IntN(5))*time.Millisecond) != nil {
		w.WriteHeader(499)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
