// Package notifier tells customers what became of their purchases.
package notifier

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"gorca.dev/go/zoo/fleet/telemetry"
)

type message struct {
	ID      string `json:"message_id"`
	Basket  string `json:"basket"`
	Channel string `json:"channel"`
}

type sender struct{ took time.Duration }

// Server takes messages off the queue and delivers them.
type Server struct {
	house   *telemetry.House
	senders map[string]*sender
	queue   chan delivery
}

type delivery struct {
	message
	span telemetry.Span
}

// New makes a server and starts its worker.
func New(h *telemetry.House) *Server {
	s := &Server{house: h, senders: map[string]*sender{"mail": {3 * time.Millisecond}, "sms": {time.Millisecond}}, queue: make(chan delivery, 1000)}
	go s.work()
	return s
}

// Routes adds the queue's intake to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /queue/purchases.created", s.accept)
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request) {
	var m message
	if json.NewDecoder(r.Body).Decode(&m) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	s.queue <- delivery{m, telemetry.Incoming(r).Child()}
}

func (s *Server) work() {
	for d := range s.queue {
		ctx := telemetry.With(context.Background(), d.span)
		s.house.Info(ctx, "message received", "message_id", d.ID, "topic", "purchases.created", "channel", d.Channel)
		s.deliver(d.message)
		s.house.Info(ctx, "message delivered", "message_id", d.ID)
	}
}

func (s *Server) deliver(m message) {
	time.Sleep(s.senders[m.Channel].took)
}
