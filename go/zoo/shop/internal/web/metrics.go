package web

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	requests = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "Requests answered.",
	}, []string{"route", "code"})
	duration = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Time from the request's header to the answer.",
		Buckets: []float64{.005, .01, .025, .05, .1, .15, .2, .25, .3, .35, .4, .5, .75, 1, 2.5, 5},
	}, []string{"route"})
	inFlight = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "http_requests_in_flight", Help: "Requests being answered now.",
	})
)

func init() {
	prometheus.MustRegister(collectors.NewBuildInfoCollector())
}
