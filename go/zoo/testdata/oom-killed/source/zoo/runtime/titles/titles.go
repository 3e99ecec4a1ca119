// Package titles knows the titles of the last documents it was given.
package titles

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

const most = 10_000

// Index keeps the titles of as many documents as it may.
type Index struct {
	mu     sync.Mutex
	titles map[string]string
	order  []string
}

// New makes an empty index.
func New() *Index { return &Index{titles: map[string]string{}} }

// Routes adds the routes of titles to mux.
func (x *Index) Routes(mux *http.ServeMux) {
	mux.HandleFunc("PUT /v1/documents/{id}", x.put)
	mux.HandleFunc("GET /v1/documents/{id}", x.get)
}

func (x *Index) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	text := string(body)
	title, _, _ := strings.Cut(text, "\n")
	x.keep(r.PathValue("id"), strings.TrimSpace(title))
	w.WriteHeader(http.StatusNoContent)
}

func (x *Index) keep(id, title string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.titles[id]; !known {
		x.order = append(x.order, id)
	}
	x.titles[id] = title
	if len(x.order) > most {
		delete(x.titles, x.order[0])
		x.order = x.order[1:]
	}
}

func (x *Index) get(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	title, known := x.titles[r.PathValue("id")]
	x.mu.Unlock()
	if !known {
		http.NotFound(w, r)
		return
	}
	io.WriteString(w, title)
}
