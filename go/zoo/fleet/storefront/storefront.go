// Package storefront is what customers talk to.
package storefront

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

// Server turns baskets into purchases.
type Server struct {
	house     *telemetry.House
	purchases *telemetry.Client
	deadline  time.Duration
	attempts  int
}

// New makes a storefront that asks purchases up to attempts times, and waits for deadline in all.
func New(h *telemetry.House, purchases *telemetry.Client, deadline time.Duration, attempts int) *Server {
	h.Log.Info("settings", "purchases_url", purchases.Base, "purchases_deadline", deadline.String(), "purchases_attempts", attempts)
	return &Server{h, purchases, deadline, attempts}
}

// Routes adds the routes of the storefront to mux.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc("POST /v1/checkout/{basket}", s.checkout) }

func (s *Server) checkout(w http.ResponseWriter, r *http.Request) {
	answer, err := s.order(r.Context(), r.PathValue("basket"))
	if err != nil {
		s.house.Error(r.Context(), "checkout failed", "basket", r.PathValue("basket"), "err", err.Error())
		http.Error(w, "try again", http.StatusGatewayTimeout)
		return
	}
	w.Write(answer)
}

func (s *Server) order(ctx context.Context, basket string) (answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.deadline)
	defer cancel()
	for range s.attempts {
		answer, err = s.purchases.Do(ctx, http.MethodPost, "/v1/purchases/"+basket, nil)
		var refused *telemetry.StatusError
		if err == nil || !errors.As(err, &refused) || refused.Code < 500 {
			return answer, err
		}
	}
	return nil, err
}
