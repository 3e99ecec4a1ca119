// Package search finds documents.
package search

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strings"
	"sync"
)

type document struct {
	Title string
	Words []string
}

type hit struct {
	Title string `json:"title"`
	Score int    `json:"score"`
}

// Server answers for search.
type Server struct {
	log    *slog.Logger
	shards [][]document
}

// New makes a server with some documents in a few shards.
func New(log *slog.Logger) *Server {
	s := &Server{log: log, shards: make([][]document, 8)}
	words := strings.Fields("alder ash aspen beech birch cedar elm fir hazel holly larch lime maple oak pine poplar rowan spruce willow yew")
	for n := range 800 {
		d := document{Title: fmt.Sprintf("document %d", n)}
		for w := range 30 {
			d.Words = append(d.Words, words[(n*7+w*w)%len(words)])
		}
		s.shards[n%8] = append(s.shards[n%8], d)
	}
	return s
}

// Routes adds the routes of search to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/search/{query}", s.find)
}

func (s *Server) find(w http.ResponseWriter, r *http.Request) {
	results := make(chan []hit, len(s.shards))
	var all sync.WaitGroup
	for _, shard := range s.shards {
		all.Add(1)
		go func() {
			defer all.Done()
			results <- score(shard, r.PathValue("query"))
		}()
	}
	all.Wait()
	close(results)
	var hits []hit
	for part := range results {
		hits = append(hits, part...)
	}
	sort.Slice(hits, func(i, j int) bool { return hits[i].Score > hits[j].Score })
	if err := json.NewEncoder(w).Encode(hits[:min(10, len(hits))]); err != nil {
		s.log.Warn("client went away", "err", err)
	}
}

func score(shard []document, query string) []hit {
	var hits []hit
	for _, d := range shard {
		sum := 0
		for _, word := range d.Words {
			if strings.Contains(strings.ToLower(word), query[:1]) || len(word) == len(query) {
				sum++
			}
		}
		if sum > 0 {
			hits = append(hits, hit{d.Title, sum})
		}
	}
	return hits
}
