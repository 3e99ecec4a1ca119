package main

import (
	"fmt"
	"sync"
	"time"
)

type quote struct {
	ID      string    `json:"id"`
	SKU     string    `json:"sku"`
	Pieces  int       `json:"pieces"`
	Cents   int       `json:"cents"`
	Version int       `json:"tariff"`
	Until   time.Time `json:"until"`
}

// quotes are the offers that customers can still accept.
type quotes struct {
	mu     sync.Mutex
	tariff *tariff
	ttl    time.Duration
	open   map[string]*quote
	next   int
}

func newQuotes(t *tariff, ttl time.Duration) *quotes {
	return &quotes{tariff: t, ttl: ttl, open: map[string]*quote{}}
}

// add makes an offer at the price in force.
func (q *quotes) add(sku string, pieces int) (quote, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for id, o := range q.open {
		if now.After(o.Until) {
			delete(q.open, id)
		}
	}
	cents, version, ok := q.tariff.price(sku)
	if !ok {
		return quote{}, false
	}
	q.next++
	o := &quote{ID: fmt.Sprintf("q-%06d", q.next), SKU: sku, Pieces: pieces, Cents: cents * pieces, Version: version, Until: now.Add(q.ttl)}
	q.open[o.ID] = o
	return *o, true
}

// reprice lowers open offers to a new price; nobody's offer becomes dearer.
func (q *quotes) reprice(sku string, cents int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, o := range q.open {
		if o.SKU == sku {
			o.Cents = min(o.Cents, cents*o.Pieces)
		}
	}
}
