// Package checkout turns a basket into an order.
package checkout

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

// Server answers for checkout.
type Server struct {
	log      *slog.Logger
	tariffs  *remote.Client
	deadline time.Duration
}

// New makes a server that waits for a price no longer than deadline.
func New(log *slog.Logger, tariffs *remote.Client, deadline time.Duration) *Server {
	log.Info("settings", "tariffs_url", tariffs.Base, "tariffs_deadline", deadline.String())
	return &Server{log, tariffs, deadline}
}

// Routes adds the routes of checkout to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/checkout/{basket}", s.create)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	price, err := s.price(r.Context(), r.PathValue("basket"))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.log.Error("no price in time", "basket", r.PathValue("basket"), "err", err, "deadline", s.deadline.String(),
			"request_id", r.Header.Get("X-Request-Id"))
		http.Error(w, "try again", http.StatusGatewayTimeout)
	case err != nil:
		http.Error(w, "no price", http.StatusBadGateway)
	default:
		w.Write(price)
	}
}

func (s *Server) price(ctx context.Context, basket string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.deadline)
	defer cancel()
	return s.tariffs.Get(ctx, "/v1/price/"+basket)
}
