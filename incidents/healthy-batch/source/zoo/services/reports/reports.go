// Package reports renders the reports of all customers when it is asked to.
package reports

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

// Server answers for reports.
type Server struct {
	log     *slog.Logger
	figures *remote.Client
	running atomic.Bool
}

// New makes a server that takes its figures from another service.
func New(log *slog.Logger, figures *remote.Client) *Server {
	return &Server{log: log, figures: figures}
}

// Routes adds the routes of reports to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/reports/{customer}", s.get)
	mux.HandleFunc("POST /v1/batches/{size}", s.create)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	body, err := s.figures.Get(r.Context(), "/v1/figures/"+r.PathValue("customer"))
	if err != nil {
		http.Error(w, "no figures", http.StatusBadGateway)
		return
	}
	w.Write(body)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var size int
	if _, err := fmt.Sscan(r.PathValue("size"), &size); err != nil || size < 1 || size > 2000 {
		http.Error(w, "size is not 1 to 2000", http.StatusBadRequest)
		return
	}
	if !s.running.CompareAndSwap(false, true) {
		http.Error(w, "a batch is under way", http.StatusConflict)
		return
	}
	go s.batch(context.WithoutCancel(r.Context()), size)
	w.WriteHeader(http.StatusAccepted)
}

// batch renders size reports, a few at a time.
func (s *Server) batch(ctx context.Context, size int) {
	defer s.running.Store(false)
	began := time.Now()
	s.log.Info("batch started", "reports", size)
	var all sync.WaitGroup
	var failed atomic.Int64
	places := make(chan struct{}, 8)
	for customer := range size {
		all.Add(1)
		go func() {
			defer all.Done()
			places <- struct{}{}
			defer func() { <-places }()
			if _, err := s.figures.Get(ctx, fmt.Sprintf("/v1/figures/%d", customer)); err != nil {
				failed.Add(1)
			}
		}()
	}
	all.Wait()
	s.log.Info("batch finished", "reports", size, "failed", failed.Load(), "took_ms", time.Since(began).Milliseconds())
}
