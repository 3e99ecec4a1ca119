// Package payments charges cards and has the ledger write it down.
package payments

import (
	"math/rand/v2"
	"net/http"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

// Server answers for payments.
type Server struct {
	house  *telemetry.House
	ledger *telemetry.Client
}

// New makes a server.
func New(h *telemetry.House, ledger *telemetry.Client) *Server { return &Server{h, ledger} }

// Routes adds the routes of payments to mux.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc("POST /v1/charges/{basket}", s.charge) }

func (s *Server) charge(w http.ResponseWriter, r *http.Request) {
	// the bank takes its time, the more the higher the risk
	wait := time.Duration(30+rand.IntN(30)) * time.Millisecond
	if rand.IntN(3) == 0 {
		wait += 70 * time.Millisecond
	}
	if err := telemetry.Sleep(r.Context(), wait); err != nil {
		s.house.Error(r.Context(), "charge abandoned", "basket", r.PathValue("basket"), "err", err.Error())
		w.WriteHeader(499)
		return
	}
	if _, err := s.ledger.Do(r.Context(), http.MethodPost, "/v1/entries", nil); err != nil {
		w.WriteHeader(499)
		return
	}
	w.Write([]byte(`{"paid":true}`))
}
