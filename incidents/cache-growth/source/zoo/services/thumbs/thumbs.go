// Package thumbs makes small pictures of large ones.
package thumbs

import (
	"log/slog"
	"net/http"
	"sync"
)

// Store keeps pictures that were made before.
type Store struct {
	mu       sync.Mutex
	pictures map[string][]byte
}

// Get returns the picture of a name, and makes it when it is not there.
func (s *Store) Get(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	picture, known := s.pictures[name]
	if !known {
		picture = render(name)
		s.pictures[name] = picture
	}
	return picture
}

// render makes a picture of 16 KiB.
func render(name string) []byte {
	picture := make([]byte, 16<<10)
	for i := range picture {
		picture[i] = name[i%len(name)] ^ byte(i)
	}
	return picture
}

// Server answers for thumbs.
type Server struct {
	log   *slog.Logger
	store *Store
}

// New makes a server with an empty store.
func New(log *slog.Logger) *Server {
	return &Server{log, &Store{pictures: map[string][]byte{}}}
}

// Routes adds the routes of thumbs to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/images/{name}", s.get)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/png")
	w.Write(s.store.Get(r.PathValue("name")))
}
