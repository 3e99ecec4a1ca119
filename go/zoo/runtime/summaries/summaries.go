// Package summaries counts what a shelf of texts is about.
package summaries

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strings"
	"sync"
)

type count struct {
	Word  string `json:"word"`
	Times int    `json:"times"`
}

// Server answers for summaries.
type Server struct {
	log   *slog.Logger
	mu    sync.RWMutex
	seen  map[string]int
	texts []string
}

// New makes a server with a shelf of texts.
func New(log *slog.Logger) *Server {
	s := &Server{log: log, seen: map[string]int{}}
	for n := range 120 {
		s.texts = append(s.texts, strings.Repeat(fmt.Sprintf("alder%d ash aspen beech birch%d cedar elm fir ", n, n%7), 200))
	}
	return s
}

// Routes adds the routes of summaries to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/summaries/{id}", s.show)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	parts := make(chan map[string]int)
	for shard := range 4 {
		go func() { parts <- words(s.texts[shard*30 : shard*30+30]) }()
	}
	total := map[string]int{}
	for range 4 {
		for word, times := range <-parts {
			total[word] += times
		}
	}
	s.remember(total)
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(ranked(total)); err != nil {
		s.log.Error("cannot encode", "err", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "%s %s", r.PathValue("id"), out.String())
}

func (s *Server) remember(total map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for word := range total {
		s.seen[word]++
	}
}

func words(texts []string) map[string]int {
	times := map[string]int{}
	for _, text := range texts {
		for _, word := range strings.Fields(strings.ToUpper(text)) {
			times[word]++
		}
	}
	return times
}

func ranked(total map[string]int) []count {
	list := make([]count, 0, len(total))
	for word, times := range total {
		list = append(list, count{word, times})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Times != list[j].Times {
			return list[i].Times > list[j].Times
		}
		return list[i].Word < list[j].Word
	})
	return list
}
