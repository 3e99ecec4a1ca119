// Package orders reserves what is in stock for customers.
package orders

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

// Server answers for orders.
type Server struct {
	log      *slog.Logger
	stock    *remote.Client
	deadline time.Duration
}

// New makes a server that waits for the stock service no longer than deadline.
func New(log *slog.Logger, stock *remote.Client, deadline time.Duration) *Server {
	return &Server{log, stock, deadline}
}

// Routes adds the routes of orders to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/reservations/{sku}", s.create)
}

type reply struct {
	body []byte
	err  error
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.deadline)
	defer cancel()
	body, err := s.reserve(ctx, r.PathValue("sku"))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.log.Warn("reservation timed out", "sku", r.PathValue("sku"), "err", err, "request_id", r.Header.Get("X-Request-Id"))
		http.Error(w, "try again", http.StatusGatewayTimeout)
	case err != nil:
		http.Error(w, "no answer from stock", http.StatusBadGateway)
	default:
		w.Write(body)
	}
}

// reserve asks the stock service, and gives up when ctx ends. The request itself is not cancelled then:
// a reservation that has been made must be heard of by the stock service's own bookkeeping.
func (s *Server) reserve(ctx context.Context, sku string) ([]byte, error) {
	replies := make(chan reply)
	go func() {
		body, err := s.stock.Get(context.WithoutCancel(ctx), "/v1/stock/"+sku)
		replies <- reply{body, err}
	}()
	select {
	case r := <-replies:
		return r.body, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
