// Package audit writes down who did what.
package audit

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

// Record is one thing that somebody did.
type Record struct {
	Who string    `json:"who"`
	At  time.Time `json:"at"`
}

// Recorder writes records to the storage, in order.
type Recorder struct {
	log     *slog.Logger
	storage *remote.Client
	records chan Record
}

// NewRecorder starts a recorder.
func NewRecorder(log *slog.Logger, storage *remote.Client) *Recorder {
	r := &Recorder{log: log, storage: storage, records: make(chan Record, 16)}
	go r.drain()
	return r
}

// Add hands a record over. It waits while the recorder is behind: no record may be lost.
func (r *Recorder) Add(rec Record) {
	r.records <- rec
}

func (r *Recorder) drain() {
	for rec := range r.records {
		if err := r.write(rec); err != nil {
			r.log.Error("cannot write record", "who", rec.Who, "err", err)
			return
		}
	}
}

func (r *Recorder) write(rec Record) error {
	line, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err = r.storage.Post(ctx, "/v1/records", line)
	return err
}

// Server answers for audit.
type Server struct {
	recorder *Recorder
}

// New makes a server with a recorder of its own.
func New(log *slog.Logger, storage *remote.Client) *Server {
	return &Server{NewRecorder(log, storage)}
}

// Routes adds the routes of audit to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/events/{who}", s.create)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	s.recorder.Add(Record{Who: r.PathValue("who"), At: time.Now()})
	w.WriteHeader(http.StatusAccepted)
}
