// Package menu knows what can be bought.
package menu

import (
	"context"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

type item struct {
	name    string
	picture []byte
	digest  uint32
}

// Index finds items by id.
type Index struct {
	mu    sync.RWMutex
	items map[string]*item
}

// Describe renders an item and how many there are beside it.
func (x *Index) Describe(id string) string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found, known := x.items[id]
	if !known {
		return "unknown"
	}
	sum := crc32.ChecksumIEEE(found.picture)
	return fmt.Sprintf("%s (%08x), one of %d", found.name, sum, x.size())
}

// size says how many items there are; the caller holds the lock.
func (x *Index) size() int {
	return len(x.items)
}

// Rename gives an item a new name.
func (x *Index) Rename(id, name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if found, known := x.items[id]; known {
		found.name = name
	}
}

// refresh computes the digests of some items anew.
func (x *Index) refresh() {
	x.mu.Lock()
	defer x.mu.Unlock()
	left := 3
	for _, it := range x.items {
		it.digest = crc32.ChecksumIEEE(it.picture)
		if left--; left == 0 {
			return
		}
	}
}

// Server answers for menu.
type Server struct {
	log   *slog.Logger
	index *Index
}

// New makes a server with some items, which are refreshed until ctx ends.
func New(ctx context.Context, log *slog.Logger) *Server {
	s := &Server{log, &Index{items: map[string]*item{}}}
	for id := range 500 {
		s.index.items[fmt.Sprint(id)] = &item{name: fmt.Sprintf("item %d", id), picture: make([]byte, 16<<10)}
	}
	go s.refreshEvery(ctx, 15*time.Millisecond)
	return s
}

func (s *Server) refreshEvery(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.index.refresh()
		}
	}
}

// Routes adds the routes of menu to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/items/{id}", s.get)
	mux.HandleFunc("PUT /v1/items/{id}", s.put)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, s.index.Describe(r.PathValue("id")))
}

func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	s.index.Rename(r.PathValue("id"), "renamed "+r.Header.Get("X-Request-Id"))
}
