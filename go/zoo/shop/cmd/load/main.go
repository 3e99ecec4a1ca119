// Command load is the shop's customers: RATE requests a second for DURATION, then it ends.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gorca.dev/go/zoo/shop/internal/env"
)

var articles = []string{"teapot", "kettle", "sieve", "oolong", "assam", "matcha", "saucer", "timer"}

type shopper struct {
	log      *slog.Logger
	client   *http.Client
	url      string
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
		url:    env.String("GATEWAY_URL", "http://gateway"),
	}
	s.run(ctx, max(1, env.Int("RATE", 20)), max(1, env.Int("MAX_IN_FLIGHT", 200)))
}

func (s *shopper) run(ctx context.Context, rate, most int) {
	slots := make(chan struct{}, most)
	tick := time.NewTicker(time.Second / time.Duration(rate))
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
				s.shop(fmt.Sprintf("o-%x-%05d", start.Unix()%0xffff, n))
			}()
		}
	}
}

// shop looks at an article one time in five and buys it otherwise.
func (s *shopper) shop(id string) {
	sku := articles[rand.N(len(articles))]
	var resp *http.Response
	var err error
	s.sent.Add(1)
	if rand.N(5) == 0 {
		resp, err = s.client.Get(s.url + "/stock/" + sku)
	} else {
		body, _ := json.Marshal(map[string]any{"id": id, "customer": fmt.Sprintf("c-%03d", rand.N(400)), "sku": sku, "quantity": 1 + rand.N(4)})
		resp, err = s.client.Post(s.url+"/checkout", "application/json", strings.NewReader(string(body)))
	}
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
