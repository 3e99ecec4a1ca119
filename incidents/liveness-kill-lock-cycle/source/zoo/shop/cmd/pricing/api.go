package main

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"gorca.dev/go/zoo/shop/internal/trace"
)

type api struct {
	log    *slog.Logger
	tariff *tariff
	quotes *quotes
}

// quote answers POST /quotes.
func (a *api) quote(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SKU    string `json:"sku"`
		Pieces int    `json:"pieces"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&in); err != nil || in.Pieces < 1 {
		http.Error(w, "want an article and a number of pieces", http.StatusBadRequest)
		return
	}
	q, ok := a.quotes.add(in.SKU, in.Pieces)
	if !ok {
		http.Error(w, "no such article", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(q)
}

// revise answers PUT /tariff.
func (a *api) revise(w http.ResponseWriter, r *http.Request) {
	var prices map[string]int
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&prices); err != nil {
		http.Error(w, "want prices by article", http.StatusBadRequest)
		return
	}
	version, err := a.tariff.revise(prices)
	if err != nil {
		a.log.Error("tariff not signed", "trace_id", trace.From(r.Context()).TraceID, "err", err)
		http.Error(w, "the tariff could not be signed", http.StatusInternalServerError)
		return
	}
	a.log.Info("tariff revised", "trace_id", trace.From(r.Context()).TraceID, "version", version, "prices", len(prices))
	w.WriteHeader(http.StatusNoContent)
}
