// Package ingest takes measurements in and stores them.
package ingest

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

// Queue holds what has not been stored yet.
type Queue struct {
	log     *slog.Logger
	storage *remote.Client
	values  chan string
}

// NewQueue starts a queue.
func NewQueue(log *slog.Logger, storage *remote.Client) *Queue {
	q := &Queue{log, storage, make(chan string, 32)}
	go q.consume()
	return q
}

// Put adds a value and waits for room when there is none.
func (q *Queue) Put(value string) {
	q.values <- value
}

func (q *Queue) consume() {
	for value := range q.values {
		if err := q.store(value); err != nil {
			q.log.Error("cannot store", "value", value, "err", err)
		}
	}
}

func (q *Queue) store(value string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := q.storage.Post(ctx, "/v1/values", []byte(value))
	return err
}

// Server answers for ingest.
type Server struct {
	queue *Queue
}

// New makes a server with a queue of its own.
func New(log *slog.Logger, storage *remote.Client) *Server {
	return &Server{NewQueue(log, storage)}
}

// Routes adds the routes of ingest to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/measurements/{value}", s.create)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	s.queue.Put(r.PathValue("value"))
	w.WriteHeader(http.StatusAccepted)
}
