package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"gorca.dev/go/zoo/shop/internal/inventory"
	"gorca.dev/go/zoo/shop/internal/trace"
)

var (
	placed = promauto.NewCounter(prometheus.CounterOpts{
		Name: "orders_placed_total", Help: "Orders confirmed.",
	})
	reservationTimeouts = promauto.NewCounter(prometheus.CounterOpts{
		Name: "orders_reservation_timeouts_total", Help: "Reservations that were not answered within RESERVE_TIMEOUT.",
	})
)

type service struct {
	log            *slog.Logger
	inventory      *inventory.Client
	reserveTimeout time.Duration
	book           *book
}

type order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// place answers POST /orders.
func (s *service) place(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&o); err != nil || o.ID == "" {
		http.Error(w, "want an order with an id", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.reserveTimeout)
	defer cancel()
	a, err := s.inventory.Reserve(ctx, inventory.Request{OrderID: o.ID, SKU: o.SKU, Quantity: o.Quantity})
	if err != nil {
		code := http.StatusBadGateway
		if errors.Is(err, context.DeadlineExceeded) {
			code = http.StatusGatewayTimeout
			reservationTimeouts.Inc()
		}
		span := trace.From(ctx)
		s.log.Error("reservation failed", "trace_id", span.TraceID, "span_id", span.SpanID, "order", o.ID, "err", err)
		http.Error(w, "the order could not be placed", code)
		return
	}
	s.book.file(o.ID, a.Document)
	placed.Inc()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(map[string]string{"order": o.ID, "reservation": a.ReservationID, "region": a.Region})
}

// book keeps the documents of the newest orders until they are archived.
type book struct {
	mu      sync.Mutex
	ids     []string
	entries map[string][]byte
	size    int
}

func newBook(size int) *book {
	return &book{entries: make(map[string][]byte, size), size: size}
}

func (b *book) file(id string, document []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.entries[id]; !ok {
		b.ids = append(b.ids, id)
	}
	b.entries[id] = document
	if len(b.ids) > b.size {
		delete(b.entries, b.ids[0])
		b.ids = append(b.ids[:0], b.ids[1:]...)
	}
}
