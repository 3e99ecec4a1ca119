// Package serve is what every service of this folder has: a listener, metrics, profiles, a request log.
package serve

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// App serves one mux, with /metrics and /debug/pprof/ beside it.
type App struct {
	Registry *prometheus.Registry
	log      *slog.Logger
	mux      *http.ServeMux
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// New makes an app of the routes that are, or will be, in mux.
func New(log *slog.Logger, mux *http.ServeMux) *App {
	a := &App{
		Registry: prometheus.NewRegistry(), log: log, mux: mux,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered, by route and status code.",
		}, []string{"route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
	}
	a.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), a.requests, a.duration)
	runtime.SetMutexProfileFraction(5)
	runtime.SetBlockProfileRate(100_000)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.Registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return a
}

// Serve listens until ctx ends.
func (a *App) Serve(ctx context.Context, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: a.measured(a.mux), ReadHeaderTimeout: 10 * time.Second}
	a.log.Info("listening", "addr", listener.Addr().String(), "go", runtime.Version(), "gomaxprocs", runtime.GOMAXPROCS(0), "gomemlimit", os.Getenv("GOMEMLIMIT"))
	context.AfterFunc(ctx, func() { server.Close() })
	return server.Serve(listener)
}

// measured counts, times and logs requests.
func (a *App) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) < 4 || r.URL.Path[:4] != "/v1/" {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		recorded := &status{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(recorded, r)
		elapsed := time.Since(began)
		a.requests.WithLabelValues(r.Pattern, strconv.Itoa(recorded.code)).Inc()
		a.duration.WithLabelValues(r.Pattern).Observe(elapsed.Seconds())
		a.log.Info("request", "method", r.Method, "route", r.Pattern, "status", recorded.code, "duration_ms", float64(elapsed.Microseconds())/1000)
	})
}

// status remembers the code that was written.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}
