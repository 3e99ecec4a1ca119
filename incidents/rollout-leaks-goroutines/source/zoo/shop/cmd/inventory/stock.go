package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"gorca.dev/go/zoo/shop/internal/inventory"
	"gorca.dev/go/zoo/shop/internal/warehouse"
)

var reservations = promauto.NewCounter(prometheus.CounterOpts{
	Name: "inventory_reservations_total", Help: "Reservations made.",
})

const holdFor = 30 * time.Second

// hold is a reservation that has not been collected yet.
type hold struct {
	id    string
	until time.Time
}

type service struct {
	log       *zap.Logger
	warehouse *warehouse.System

	mu   sync.Mutex
	held map[string]hold // by order
	next int
}

// prime asks every warehouse once, so that the first customer finds the connections open.
func (s *service) prime(ctx context.Context) error {
	for _, region := range warehouse.Regions {
		if _, err := s.warehouse.Shelves(ctx, region, ""); err != nil {
			return err
		}
		s.log.Info("warehouse reached", zap.String("region", region))
	}
	return nil
}

// reserve answers POST /reservations.
func (s *service) reserve(w http.ResponseWriter, r *http.Request) {
	var req inventory.Request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&req); err != nil || req.OrderID == "" {
		http.Error(w, "want a reservation with an order id", http.StatusBadRequest)
		return
	}
	region := warehouse.Region(req.SKU)
	shelves, err := s.warehouse.Shelves(r.Context(), region, req.SKU)
	if err != nil {
		s.log.Error("shelves not read", zap.String("order", req.OrderID), zap.Error(err))
		http.Error(w, "warehouse does not answer", http.StatusBadGateway)
		return
	}
	a := inventory.Allocation{ReservationID: s.hold(req.OrderID), Region: region, Bins: make([]inventory.Bin, 0, len(shelves))}
	missing := req.Quantity
	for _, sh := range shelves {
		taken := min(missing, sh.Available)
		missing -= taken
		a.Bins = append(a.Bins, inventory.Bin{Code: sh.Code, Aisle: sh.Aisle, Available: sh.Available, Taken: taken})
	}
	reservations.Inc()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(a)
}

// hold returns the reservation of an order, a new one if there is none; old ones lapse.
func (s *service) hold(order string) string {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, h := range s.held {
		if now.After(h.until) {
			delete(s.held, k)
		}
	}
	if h, ok := s.held[order]; ok {
		return h.id
	}
	s.next++
	h := hold{id: fmt.Sprintf("r-%06d", s.next), until: now.Add(holdFor)}
	s.held[order] = h
	return h.id
}

// stock answers GET /stock/{sku}.
func (s *service) stock(w http.ResponseWriter, r *http.Request) {
	sku := r.PathValue("sku")
	shelves, err := s.warehouse.Shelves(r.Context(), warehouse.Region(sku), sku)
	if err != nil {
		http.Error(w, "warehouse does not answer", http.StatusBadGateway)
		return
	}
	total := 0
	for _, sh := range shelves {
		total += sh.Available
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"sku": sku, "available": total})
}
