// Command metrics prints what a /metrics endpoint of client_golang answers: the Prometheus text, or OpenMetrics with an argument.
package main

import (
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total", Help: "Requests \"answered\",\nby code."}, []string{"code", "route"})
	duration := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "http_request_duration_seconds", Help: "Time.", Buckets: []float64{.1, 1}})
	prometheus.MustRegister(requests, duration)
	requests.WithLabelValues("200", `/orders/{id}`).Add(1027)
	requests.WithLabelValues("500", "/a\"b\\c\nd").Inc()
	duration.(prometheus.ExemplarObserver).ObserveWithExemplar(0.05, prometheus.Labels{"trace_id": "abc"})
	om := len(os.Args) > 1
	r := httptest.NewRequest("GET", "/metrics", nil)
	if om {
		r.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	}
	w := httptest.NewRecorder()
	promhttp.HandlerFor(prometheus.DefaultGatherer, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		os.Exit(1)
	}
	os.Stdout.Write(w.Body.Bytes())
}
