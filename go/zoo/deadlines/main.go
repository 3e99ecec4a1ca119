// Command deadlines runs a caller and a callee over loopback, well for a while and then with one thing changed,
// and writes the log of each: what src/observe/calls has to tell apart.
//
//	go run -trimpath ./zoo/deadlines <story> <folder>
//
// Stories: shortened (the caller waits less than the callee needs), slow (the callee takes longer than it did, the deadline stays),
// failing (the callee answers 500), region (it does so for one region only), cancelled (the customers go away), noise (a few calls always ran into their deadline),
// retries (the caller asks three times), healthy. The caller logs with slog, the callee with zap.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	requestsPerSecond = 40
	wellFor           = 2 * time.Second
	sickFor           = 3 * time.Second
)

// story is what changes after the well stretch.
type story struct {
	deadline  [2]time.Duration // before, after
	work      [2]time.Duration // the callee's longest, before and after
	fails     bool             // the callee answers 500 to two thirds of the requests in the sick stretch
	region    string           // the callee answers 500 to this region in the sick stretch
	cancels   bool             // customers leave after a third of the callee's work
	attempts  int
	stuckEach int64 // every n-th request of the callee takes a second, always
}

var stories = map[string]story{
	"shortened": {deadline: [2]time.Duration{500 * time.Millisecond, 45 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, attempts: 1},
	"slow":      {deadline: [2]time.Duration{120 * time.Millisecond, 120 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 320 * time.Millisecond}, attempts: 1},
	"failing":   {deadline: [2]time.Duration{500 * time.Millisecond, 500 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, fails: true, attempts: 1},
	"region":    {deadline: [2]time.Duration{500 * time.Millisecond, 500 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, region: "port", attempts: 1},
	"cancelled": {deadline: [2]time.Duration{500 * time.Millisecond, 500 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, cancels: true, attempts: 1},
	"noise":     {deadline: [2]time.Duration{300 * time.Millisecond, 300 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, attempts: 1, stuckEach: 50},
	"retries":   {deadline: [2]time.Duration{500 * time.Millisecond, 45 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, attempts: 3},
	"healthy":   {deadline: [2]time.Duration{500 * time.Millisecond, 500 * time.Millisecond}, work: [2]time.Duration{80 * time.Millisecond, 80 * time.Millisecond}, attempts: 1},
}

var regions = []string{"north", "east", "south", "port"}

var sick atomic.Bool

func (s story) of(pair [2]time.Duration) time.Duration {
	if sick.Load() {
		return pair[1]
	}
	return pair[0]
}

func main() {
	s, ok := stories[os.Args[len(os.Args)-2]]
	if len(os.Args) != 3 || !ok {
		fmt.Fprintln(os.Stderr, "usage: deadlines <story> <folder>")
		os.Exit(2)
	}
	stock := s.startStock(create("stock.log"))
	front := s.startFront(create("front.log"), "http://"+stock)
	s.customers("http://" + front)
}

func create(name string) *os.File {
	file, err := os.Create(filepath.Join(os.Args[2], name))
	if err != nil {
		panic(err)
	}
	return file
}

func listen(h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, h)
	return l.Addr().String()
}

// startStock is the callee: it finishes what it began, whoever is still waiting.
func (s story) startStock(out io.Writer) string {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(out)), zapcore.InfoLevel)
	log := zap.New(core).With(zap.String("service", "stock"))
	var n atomic.Int64
	log.Info("listening")
	return listen(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		most := s.of(s.work)
		work := most/4 + mathrand.N(most*3/4)
		if s.stuckEach > 0 && n.Add(1)%s.stuckEach == 0 {
			work = time.Second
		}
		time.Sleep(work)
		code := http.StatusOK
		if s.fails && sick.Load() && mathrand.N(3) > 0 {
			code = http.StatusInternalServerError
		}
		if sick.Load() && s.region != "" && r.URL.Query().Get("region") == s.region {
			code = http.StatusInternalServerError
		}
		w.WriteHeader(code)
		log.Info("request", zap.String("trace_id", traceOf(r)), zap.String("method", r.Method), zap.String("route", "/stock/{sku}"),
			zap.Int("code", code), zap.Duration("duration", time.Since(start)))
	}))
}

// startFront is the caller.
func (s story) startFront(out io.Writer, stock string) string {
	log := slog.New(slog.NewJSONHandler(out, nil)).With("service", "front")
	log.Info("listening", "stock_timeout", s.deadline[0].String())
	var once sync.Once
	return listen(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sick.Load() && s.deadline[0] != s.deadline[1] {
			once.Do(func() { log.Info("settings changed", "stock_timeout", s.deadline[1].String()) })
		}
		start := time.Now()
		code := http.StatusOK
		for attempt := 1; attempt <= s.attempts; attempt++ {
			err := s.ask(r.Context(), stock+"/stock/teapot?"+r.URL.RawQuery, traceOf(r))
			if err == nil {
				code = http.StatusOK
				break
			}
			code = http.StatusBadGateway
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				code = http.StatusGatewayTimeout
			case errors.Is(err, context.Canceled):
				code = 499
			}
			log.Error("stock not known", "trace_id", traceOf(r), "attempt", attempt, "err", hideAddress(err.Error()))
		}
		w.WriteHeader(code)
		log.Info("request", "trace_id", traceOf(r), "method", r.Method, "route", "/articles/{sku}", "region", r.URL.Query().Get("region"), "code", code, "duration", time.Since(start))
	}))
}

// hideAddress gives the callee the name a cluster would give it, in place of the loopback port of this run.
func hideAddress(text string) string {
	at := strings.Index(text, "127.0.0.1:")
	if at < 0 {
		return text
	}
	end := at + strings.IndexAny(text[at:]+"/", "/\"")
	return text[:at] + "stock:8080" + text[end:]
}

func (s story) ask(parent context.Context, url, trace string) error {
	ctx, cancel := context.WithTimeout(parent, s.of(s.deadline))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Trace-Id", trace)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("stock answered %s", resp.Status)
	}
	return nil
}

func traceOf(r *http.Request) string { return r.Header.Get("X-Trace-Id") }

func (s story) customers(front string) {
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / requestsPerSecond)
	defer tick.Stop()
	start := time.Now()
	for time.Since(start) < wellFor+sickFor {
		<-tick.C
		sick.Store(time.Since(start) >= wellFor)
		wg.Go(func() {
			ctx := context.Background()
			if s.cancels && sick.Load() {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, s.work[0]/4)
				defer cancel()
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, front+"/articles/teapot?region="+regions[mathrand.N(len(regions))], nil)
			if err != nil {
				panic(err)
			}
			id := make([]byte, 16)
			rand.Read(id)
			req.Header.Set("X-Trace-Id", hex.EncodeToString(id))
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	time.Sleep(1200 * time.Millisecond) // what the callee still has to finish
}
