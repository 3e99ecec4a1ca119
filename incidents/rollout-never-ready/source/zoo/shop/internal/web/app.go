// Package web is what all services of the shop have in common: routes with
// metrics and a request log, probes, an admin port and an orderly shutdown.
package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/pprof"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gorca.dev/go/zoo/shop/internal/trace"
)

// Exchange is one answered request.
type Exchange struct {
	Method   string
	Route    string
	Code     int
	Duration time.Duration
}

// App is a service's HTTP side.
type App struct {
	mux      *http.ServeMux
	log      func(context.Context, Exchange)
	live     func(context.Context) error
	draining atomic.Bool
}

// New makes an App that tells log about every request it has answered.
func New(log func(context.Context, Exchange)) *App {
	a := &App{mux: http.NewServeMux(), log: log, live: func(context.Context) error { return nil }}
	a.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { probe(w, a.live(r.Context())) })
	a.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if a.draining.Load() {
			probe(w, errors.New("shutting down"))
			return
		}
		probe(w, nil)
	})
	return a
}

// Live sets what the liveness probe asks.
func (a *App) Live(check func(context.Context) error) { a.live = check }

// Handle serves method and path with h.
func (a *App) Handle(method, path string, h http.HandlerFunc) {
	a.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, _ := trace.Start(r)
		rec := &recorder{ResponseWriter: w, code: http.StatusOK}
		inFlight.Inc()
		defer func() {
			inFlight.Dec()
			took := time.Since(start)
			requests.WithLabelValues(path, strconv.Itoa(rec.code)).Inc()
			duration.WithLabelValues(path).Observe(took.Seconds())
			a.log(ctx, Exchange{Method: r.Method, Route: path, Code: rec.code, Duration: took})
		}()
		h(rec, r.WithContext(ctx))
	})
}

// Run serves until SIGTERM, then lets open requests finish. The admin address
// has the metrics and pprof; it answers for as long as the process lives.
func (a *App) Run(addr, admin string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	failed := make(chan error, 2)
	go func() { failed <- http.ListenAndServe(admin, adminRoutes()) }()
	srv := &http.Server{Addr: addr, Handler: a.mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.draining.Store(true)
	srv.SetKeepAlivesEnabled(false)
	time.Sleep(5 * time.Second) // until the endpoint is out of every load balancer
	down, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return srv.Shutdown(down)
}

func adminRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.Handler())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

func probe(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// recorder remembers the status code that was sent.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}
