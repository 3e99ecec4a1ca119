// Package boards lets clients wait for what is new on a topic.
package boards

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Update is one piece of news.
type Update struct {
	Topic string
	At    time.Time
}

type subscription struct {
	topic   string
	updates chan Update
	lagged  chan struct{}
}

// Server answers for boards.
type Server struct {
	log *slog.Logger
	mu  sync.Mutex
	all map[*subscription]struct{}
}

// New makes a server that has news until ctx ends.
func New(ctx context.Context, log *slog.Logger) *Server {
	s := &Server{log: log, all: map[*subscription]struct{}{}}
	go s.produce(ctx)
	return s
}

// Routes adds the routes of boards to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/watch/{topic}", s.watch)
}

// watch answers with the first update of a topic, or with nothing after a while.
func (s *Server) watch(w http.ResponseWriter, r *http.Request) {
	sub := s.join(r.PathValue("topic"))
	news := make(chan Update, 8)
	go s.follow(r.Context(), sub, news)
	select {
	case u := <-news:
		fmt.Fprintln(w, u.Topic, u.At.Format(time.RFC3339Nano))
	case <-r.Context().Done():
	case <-time.After(time.Second):
		w.WriteHeader(http.StatusNoContent)
	}
}

// follow passes the updates of one subscription on, for as long as the request lasts.
func (s *Server) follow(ctx context.Context, sub *subscription, news chan<- Update) {
	defer s.leave(sub)
	for {
		select {
		case u := <-sub.updates:
			select {
			case news <- u:
			default:
			}
		case <-sub.lagged:
			s.log.WarnContext(ctx, "subscriber lags behind", "topic", sub.topic)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) join(topic string) *subscription {
	sub := &subscription{topic: topic, updates: make(chan Update, 16), lagged: make(chan struct{}, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[sub] = struct{}{}
	return sub
}

func (s *Server) leave(sub *subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sub)
}

// produce has news for a third of the topics, several times a second.
func (s *Server) produce(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-tick.C:
			s.publish(at)
		}
	}
}

func (s *Server) publish(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.all {
		if len(sub.topic)%3 != 0 {
			continue
		}
		select {
		case sub.updates <- Update{sub.topic, at}:
		default:
			select {
			case sub.lagged <- struct{}{}:
			default:
			}
		}
	}
}
