// Command load is the shop's customers: RATE requests a second for DURATION, then it ends.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gorca.dev/go/zoo/shop/internal/env"
)

type shopper struct {
	log      *slog.Logger
	client   *http.Client
	url      string
	errand   errand
	sent     atomic.Int64
	answered atomic.Int64
	refused  atomic.Int64 // answers of 400 and above
	failed   atomic.Int64 // no answer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, env.Duration("DURATION", 10*time.Minute))
	defer cancel()
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 128
	s := &shopper{
		log:    slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "load"),
		client: &http.Client{Transport: t, Timeout: 5 * time.Second},
		url:    env.String("TARGET_URL", "http://gateway"),
		errand: errands[env.String("ERRAND", "checkout")],
	}
	if s.errand == nil {
		s.log.Error("no such errand", "errand", env.String("ERRAND", ""))
		os.Exit(1)
	}
	s.run(ctx, max(1, env.Int("RATE", 20)), max(1, env.Int("MAX_IN_FLIGHT", 200)))
}

func (s *shopper) run(ctx context.Context, rate, most int) {
	slots := make(chan struct{}, most)
	pace := time.Second / time.Duration(rate)
	tick := time.NewTicker(pace)
	defer tick.Stop()
	report := time.NewTicker(10 * time.Second)
	defer report.Stop()
	start := time.Now()
	var wg sync.WaitGroup
	for n := 0; ; {
		select {
		case <-ctx.Done():
			wg.Wait()
			s.report("done")
			return
		case <-report.C:
			s.report("traffic")
		case <-tick.C:
			select {
			case slots <- struct{}{}:
			default:
				continue // as many open requests as allowed
			}
			n++
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { <-slots }()
				time.Sleep(rand.N(pace)) // people do not come in step
				s.shop(fmt.Sprintf("o-%x-%05d", start.Unix()%0xffff, n))
			}()
		}
	}
}

// shop sends one request and counts what becomes of it.
func (s *shopper) shop(id string) {
	s.sent.Add(1)
	req, err := s.errand(s.url, id)
	if err != nil {
		s.failed.Add(1)
		return
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.failed.Add(1)
		return
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	if resp.StatusCode >= 400 {
		s.refused.Add(1)
		return
	}
	s.answered.Add(1)
}

func (s *shopper) report(msg string) {
	s.log.Info(msg, "sent", s.sent.Load(), "ok", s.answered.Load(), "refused", s.refused.Load(), "failed", s.failed.Load())
}
