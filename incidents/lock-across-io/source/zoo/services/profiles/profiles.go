// Package profiles shows who a customer is.
package profiles

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gorca.dev/go/zoo/services/remote"
)

const freshFor = 3 * time.Second

type entry struct {
	body []byte
	at   time.Time
}

// Directory remembers what the directory service said, for a while.
type Directory struct {
	remote  *remote.Client
	mu      sync.Mutex
	entries map[string]entry
}

// Get returns a profile, from memory when it is fresh.
func (d *Directory) Get(ctx context.Context, id string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e, ok := d.entries[id]; ok && time.Since(e.at) < freshFor {
		return e.body, nil
	}
	body, err := d.remote.Get(ctx, "/v1/people/"+id)
	if err != nil {
		return nil, err
	}
	d.entries[id] = entry{body, time.Now()}
	return body, nil
}

// Server answers for profiles.
type Server struct {
	log       *slog.Logger
	directory *Directory
}

// New makes a server that remembers nothing yet.
func New(log *slog.Logger, directory *remote.Client) *Server {
	return &Server{log, &Directory{remote: directory, entries: map[string]entry{}}}
}

// Routes adds the routes of profiles to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/profiles/{id}", s.get)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	body, err := s.directory.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		s.log.Error("no profile", "id", r.PathValue("id"), "err", err)
		http.Error(w, "no profile", http.StatusBadGateway)
		return
	}
	w.Write(body)
}
