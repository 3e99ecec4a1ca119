// Package previews makes small pictures of large ones.
package previews

import (
	"container/list"
	"log/slog"
	"net/http"
	"sync"
)

// atMost pictures are kept.
const atMost = 500

type kept struct {
	name    string
	picture []byte
}

// Store keeps pictures that were made before.
type Store struct {
	mu       sync.Mutex
	recent   *list.List // of *kept, newest first
	pictures map[string]*list.Element
}

// Get returns the picture of a name, and makes it when it is not there.
func (s *Store) Get(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, known := s.pictures[name]; known {
		s.recent.MoveToFront(element)
		return element.Value.(*kept).picture
	}
	picture := render(name)
	s.pictures[name] = s.recent.PushFront(&kept{name, picture})
	if s.recent.Len() > atMost {
		oldest := s.recent.Remove(s.recent.Back()).(*kept)
		delete(s.pictures, oldest.name)
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

// Server answers for previews.
type Server struct {
	log   *slog.Logger
	store *Store
}

// New makes a server with an empty store.
func New(log *slog.Logger) *Server {
	return &Server{log, &Store{recent: list.New(), pictures: map[string]*list.Element{}}}
}

// Routes adds the routes of previews to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/images/{name}", s.get)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/png")
	w.Write(s.store.Get(r.PathValue("name")))
}
