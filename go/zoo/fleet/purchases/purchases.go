// Package purchases reserves what is in a basket, has it paid, and tells the customer.
package purchases

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

// Server answers for purchases.
type Server struct {
	house     *telemetry.House
	warehouse *telemetry.Client
	payments  *telemetry.Client
	notifier  *telemetry.Client
	deadline  time.Duration
	channel   string
	sent      atomic.Int64
}

// New makes a server that waits for payments no longer than deadline and has its messages delivered over channel.
func New(h *telemetry.House, warehouse, payments, notifier *telemetry.Client, deadline time.Duration, channel string) *Server {
	h.Log.Info("settings", "payments_url", payments.Base, "payments_deadline", deadline.String(), "notify_channel", channel)
	return &Server{house: h, warehouse: warehouse, payments: payments, notifier: notifier, deadline: deadline, channel: channel}
}

// Routes adds the routes of purchases to mux.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc("POST /v1/purchases/{basket}", s.create) }

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	basket := r.PathValue("basket")
	if s.warehouse.Base != "" {
		if _, err := s.warehouse.Do(r.Context(), http.MethodGet, "/v1/stock/"+basket, nil); err != nil {
			http.Error(w, "no stock", http.StatusBadGateway)
			return
		}
	}
	if s.payments.Base != "" {
		if err := s.charge(r.Context(), basket); err != nil {
			s.house.Error(r.Context(), "payment failed", "basket", basket, "err", err.Error())
			code := http.StatusBadGateway
			if telemetry.Late(err) {
				code = http.StatusGatewayTimeout
			}
			http.Error(w, "not paid", code)
			return
		}
	}
	if s.notifier.Base != "" {
		s.tell(r.Context(), basket)
	}
	fmt.Fprintf(w, `{"purchase":"p-%s"}`, basket)
}

func (s *Server) charge(ctx context.Context, basket string) error {
	ctx, cancel := context.WithTimeout(ctx, s.deadline)
	defer cancel()
	paid := make(chan error)
	go func() {
		_, err := s.payments.Do(ctx, http.MethodPost, "/v1/charges/"+basket, nil)
		paid <- err
	}()
	select {
	case err := <-paid:
		return err
	case <-ctx.Done():
		return fmt.Errorf("charge %s: %w", basket, ctx.Err())
	}
}

// tell hands a message over and does not wait for what becomes of it.
func (s *Server) tell(ctx context.Context, basket string) {
	id := fmt.Sprintf("m-%06d", s.sent.Add(1))
	s.house.Info(ctx, "message published", "message_id", id, "topic", "purchases.created", "channel", s.channel)
	body := fmt.Sprintf(`{"message_id":%q,"basket":%q,"channel":%q}`, id, basket, s.channel)
	go func() {
		request, err := http.NewRequest(http.MethodPost, s.notifier.Base+"/queue/purchases.created", strings.NewReader(body))
		if err != nil {
			return
		}
		request.Header.Set("traceparent", telemetry.From(ctx).Header())
		if response, err := s.notifier.HTTP.Do(request); err == nil {
			response.Body.Close()
		}
	}()
}
