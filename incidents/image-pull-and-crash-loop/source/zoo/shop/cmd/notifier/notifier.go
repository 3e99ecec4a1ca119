package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"gorca.dev/go/zoo/shop/internal/trace"
	"gorca.dev/go/zoo/shop/internal/web"
)

var (
	delivered = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "notifier_messages_total", Help: "Messages handled, by outcome.",
	}, []string{"outcome"})
	queued = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "notifier_queue_length", Help: "Events waiting to be handled.",
	})
)

// event is one line of the queue: a message to deliver, or a topic to mute.
type event struct {
	Customer string `json:"customer"`
	Topic    string `json:"topic"`
	Text     string `json:"text"`
	mute     bool
	traceID  string
}

type notifier struct {
	log       *zap.Logger
	directory *directory
	queue     chan event
}

func newNotifier(log *zap.Logger, size int) *notifier {
	return &notifier{log: log, directory: newDirectory(), queue: make(chan event, size)}
}

func (n *notifier) notify(w http.ResponseWriter, r *http.Request) { n.accept(w, r, false) }
func (n *notifier) mute(w http.ResponseWriter, r *http.Request)   { n.accept(w, r, true) }

// accept queues what was asked for; the customer does not wait for it.
func (n *notifier) accept(w http.ResponseWriter, r *http.Request, mute bool) {
	var e event
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&e); err != nil || e.Customer == "" {
		http.Error(w, "want a customer and a topic", http.StatusBadRequest)
		return
	}
	e.mute, e.traceID = mute, trace.From(r.Context()).TraceID
	select {
	case n.queue <- e:
		w.WriteHeader(http.StatusAccepted)
	default:
		http.Error(w, "too many notifications are waiting", http.StatusServiceUnavailable)
	}
}

// work handles the queue, one event after the other.
func (n *notifier) work() {
	for e := range n.queue {
		queued.Set(float64(len(n.queue)))
		n.handle(e)
	}
}

func (n *notifier) handle(e event) {
	if e.mute {
		n.directory.mute(e.Customer, e.Topic)
		n.log.Info("topic muted", zap.String("trace_id", e.traceID), zap.String("customer", e.Customer), zap.String("topic", e.Topic))
		return
	}
	address, ok := n.directory.wants(e.Customer, e.Topic)
	if !ok {
		delivered.WithLabelValues("muted").Inc()
		return
	}
	delivered.WithLabelValues("sent").Inc()
	n.log.Debug("message sent", zap.String("address", address), zap.String("topic", e.Topic))
}

func (n *notifier) requestLog(ctx context.Context, e web.Exchange) {
	span := trace.From(ctx)
	n.log.WithOptions(zap.WithCaller(false)).Info("request",
		zap.String("trace_id", span.TraceID), zap.String("span_id", span.SpanID),
		zap.String("method", e.Method), zap.String("route", e.Route),
		zap.Int("code", e.Code), zap.Duration("duration", e.Duration))
}
