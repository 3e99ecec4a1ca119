// Package walks visits trees of documents, and tells a listener of each leaf.
package walks

import (
	"context"
	"net/http"
	"time"
)

type node struct {
	name string
	down *node
}

// Server answers for walks.
type Server struct {
	root *node
}

// New makes a server with one deep tree.
func New() *Server {
	s := &Server{}
	for range 1500 {
		s.root = &node{name: "branch", down: s.root}
	}
	return s
}

// visit goes down to the leaf and tells of it.
func visit(n *node, path [4]string, tell func([4]string)) {
	path[len(path)-1] = n.name
	if n.down == nil {
		tell(path)
		return
	}
	visit(n.down, path, tell)
}

// leaf waits for the leaf of a tree, but not for long.
func leaf(ctx context.Context, root *node, patience time.Duration) (string, bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := make(chan [4]string)
	go func() {
		visit(root, [4]string{}, func(path [4]string) { found <- path })
	}()
	select {
	case path := <-found:
		return path[len(path)-1], true
	case <-ctx.Done():
		return "", false
	}
}

// Routes adds the routes of walks to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/leaf", func(w http.ResponseWriter, r *http.Request) {
		name, known := leaf(r.Context(), s.root, time.Nanosecond)
		if !known {
			http.Error(w, "too deep", http.StatusNotFound)
			return
		}
		w.Write([]byte(name))
	})
}
