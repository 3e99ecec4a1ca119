// Package mailer sends mails.
package mailer

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

const senders = 200

// Pool sends mails with a fixed number of senders.
type Pool struct {
	log   *slog.Logger
	relay *remote.Client
	mails chan string
}

// NewPool starts the senders.
func NewPool(log *slog.Logger, relay *remote.Client) *Pool {
	p := &Pool{log, relay, make(chan string)}
	for range senders {
		go p.send()
	}
	return p
}

func (p *Pool) send() {
	for to := range p.mails {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		if _, err := p.relay.Post(ctx, "/v1/relay", []byte(to)); err != nil {
			p.log.Error("cannot send", "to", to, "err", err)
		}
		cancel()
	}
}

// Server answers for mailer.
type Server struct {
	pool *Pool
}

// New makes a server with a pool of its own.
func New(log *slog.Logger, relay *remote.Client) *Server {
	return &Server{NewPool(log, relay)}
}

// Routes adds the routes of mailer to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/mails/{to}", s.create)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	select {
	case s.pool.mails <- r.PathValue("to"):
		w.WriteHeader(http.StatusAccepted)
	case <-r.Context().Done():
	}
}
