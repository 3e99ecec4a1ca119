// Package warehouse stands between the inventory service and the warehouses'
// own system, which answers in a few hundred milliseconds.
package warehouse

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Regions are the warehouses, in the order in which they are asked.
var Regions = []string{"north", "east", "south", "west", "port", "airport"}

// Shelf is one storage place as the warehouse reports it.
type Shelf struct {
	Code      string
	Aisle     string
	Available int
}

// System is the connection to the warehouses.
type System struct {
	fastest, slowest time.Duration
}

// New makes a System whose lookups take between fastest and slowest.
func New(fastest, slowest time.Duration) *System {
	return &System{fastest: fastest, slowest: max(fastest, slowest)}
}

// Shelves lists where a region keeps an article.
func (s *System) Shelves(ctx context.Context, region, sku string) ([]Shelf, error) {
	t := time.NewTimer(s.fastest + rand.N(s.slowest-s.fastest+1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return nil, fmt.Errorf("warehouse %s: %w", region, ctx.Err())
	}
	h := fnv.New32a()
	h.Write([]byte(region + sku))
	seed := h.Sum32()
	shelves := make([]Shelf, 400)
	for i := range shelves {
		seed = seed*1664525 + 1013904223
		shelves[i] = Shelf{
			Code:      fmt.Sprintf("%s-%04d", region, seed>>16%10000),
			Aisle:     fmt.Sprintf("aisle %02d, rack %02d", i/40, i%40),
			Available: int(seed >> 28),
		}
	}
	return shelves, nil
}

// Region is the warehouse that serves an article.
func Region(sku string) string {
	h := fnv.New32a()
	h.Write([]byte(sku))
	return Regions[h.Sum32()%uint32(len(Regions))]
}
