package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What is left of the caller's deadline, in milliseconds, as grpc-timeout says it.
const timeoutHeader = "X-Timeout-Ms"

func init() {
	for _, name := range []string{"hops", "callee", "within", "cancel"} {
		roles["spent-"+name+" gateway"] = spentGateway
		roles["spent-"+name+" orders"] = spentOrders
	}
	roles["spent-hops users"] = func(s *service) { varying(s, "/users", 40*time.Millisecond, 400*time.Millisecond) }
	roles["spent-hops inventory"] = func(s *service) { varying(s, "/reserve", 110*time.Millisecond, 110*time.Millisecond) }
	// near misses: the failing call is the slow one; the sum stays within the deadline; the first caller leaves
	roles["spent-callee users"] = func(s *service) { varying(s, "/users", 40*time.Millisecond, 40*time.Millisecond) }
	roles["spent-callee inventory"] = func(s *service) { varying(s, "/reserve", 110*time.Millisecond, 700*time.Millisecond) }
	roles["spent-within users"] = func(s *service) { varying(s, "/users", 40*time.Millisecond, 220*time.Millisecond) }
	roles["spent-within inventory"] = func(s *service) { varying(s, "/reserve", 110*time.Millisecond, 110*time.Millisecond) }
	roles["spent-cancel users"] = func(s *service) { varying(s, "/users", 40*time.Millisecond, 400*time.Millisecond) }
	roles["spent-cancel inventory"] = func(s *service) { varying(s, "/reserve", 110*time.Millisecond, 110*time.Millisecond) }
	roles["spent-retries orders"] = backingOffOrders
	roles["spent-retries inventory"] = sheddingInventory
	roles["spent-queue orders"] = queueingOrders
	roles["spent-queue inventory"] = func(s *service) { varying(s, "/reserve", 110*time.Millisecond, 110*time.Millisecond) }
	roles["spent-queue archive"] = func(s *service) { varying(s, "/archive", 10*time.Millisecond, 760*time.Millisecond) }
	roles["spent-skewed gateway"] = budgetGateway
	roles["spent-skewed users"] = roles["budget users"]
	roles["spent-skewed orders"] = roles["budget orders"]
}

// logged makes one call and logs how long it took, as a client's middleware does, and passes on what is left of the deadline.
func logged(ctx context.Context, s *service, url string) error {
	began := time.Now()
	code, err := post(ctx, url)
	l := s.log.With("trace_id", traceOf(ctx), "method", http.MethodPost, "url", url, "duration", time.Since(began))
	switch {
	case err != nil:
		l.Warn("call failed", "error", err.Error())
	case code >= 500:
		l.Warn("call finished", "status", code)
		err = fmt.Errorf("answered %d", code)
	default:
		l.Info("call finished", "status", code)
	}
	return err
}

func post(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Traceparent", "00-"+traceOf(ctx)+"-00f067aa0ba902b7-01")
	if deadline, ok := ctx.Deadline(); ok {
		req.Header.Set(timeoutHeader, strconv.FormatInt(time.Until(deadline).Milliseconds(), 10))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// spentGateway has half a second for all that a checkout needs.
func spentGateway(s *service) {
	limit := 500 * time.Millisecond
	s.log.Info("starting", "checkout_timeout", limit)
	s.mux.HandleFunc("POST /checkout", s.handle("/checkout", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		if err := logged(ctx, s, at("users")+"/users"); err != nil {
			return passOn(w, "load user", err)
		}
		return passOn(w, "place order", logged(ctx, s, at("orders")+"/orders"))
	}))
	s.serve(nil)
}

// spentOrders takes over the deadline that came with the request.
func spentOrders(s *service) {
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx := r.Context()
		if left, err := strconv.Atoi(r.Header.Get(timeoutHeader)); err == nil {
			// a little is kept back for the way of the answer
			bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(left)*time.Millisecond-4*time.Millisecond)
			defer cancel()
			stop := context.AfterFunc(ctx, cancel)
			defer stop()
			ctx = bounded
		}
		work(ctx, 8*time.Millisecond)
		return passOn(w, "reserve", logged(ctx, s, at("inventory")+"/reserve"))
	}))
	s.serve(nil)
}

// varying takes about as long as it is told, a tenth more or less.
func varying(s *service, route string, well, ill time.Duration) {
	s.mux.HandleFunc("POST "+route, s.handle(route, func(w http.ResponseWriter, r *http.Request) (int, error) {
		d := well
		if s.ill() {
			d = ill
		}
		work(r.Context(), time.Duration(float64(d)*(0.9+0.2*rand.Float64())))
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// backingOffOrders tries four times within one deadline, and waits longer after each attempt.
func backingOffOrders(s *service) {
	limit := 600 * time.Millisecond
	s.log.Info("starting", "order_timeout", limit)
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		var err error
		for attempt, pause := 1, 70*time.Millisecond; attempt <= 4; attempt, pause = attempt+1, 2*pause {
			if err = logged(ctx, s, at("inventory")+"/reserve"); err == nil || ctx.Err() != nil {
				break
			}
			work(ctx, time.Duration(float64(pause)*(0.9+0.2*rand.Float64())))
		}
		return passOn(w, "reserve", err)
	}))
	s.serve(nil)
}

// sheddingInventory turns the first three attempts of a request away at once.
func sheddingInventory(s *service) {
	var mu sync.Mutex
	attempts := map[string]int{}
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		mu.Lock()
		attempts[traceOf(r.Context())]++
		turnedAway := s.ill() && attempts[traceOf(r.Context())] <= 3
		mu.Unlock()
		if turnedAway {
			answer(w, http.StatusServiceUnavailable)
			return http.StatusServiceUnavailable, fmt.Errorf("no slot is free")
		}
		work(r.Context(), time.Duration(float64(130*time.Millisecond)*(0.9+0.2*rand.Float64())))
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// book keeps what was ordered; it is copied to the archive under its lock.
type book struct {
	mu    sync.Mutex
	lines []string
}

func (b *book) add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line)
}

func (b *book) archive(url string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	res, err := http.Post(url, "text/plain", strings.NewReader(strings.Join(b.lines, "\n")))
	if err != nil {
		return err
	}
	res.Body.Close()
	b.lines = b.lines[:0]
	return nil
}

// queueingOrders writes into its book before it asks inventory; all within one deadline.
func queueingOrders(s *service) {
	limit := 600 * time.Millisecond
	s.log.Info("starting", "order_timeout", limit)
	b := &book{}
	go func() {
		for {
			time.Sleep(30 * time.Millisecond)
			if err := b.archive(at("archive") + "/archive"); err != nil {
				s.log.Error("archive failed", "error", err.Error())
			}
		}
	}()
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		b.add(traceOf(ctx))
		return passOn(w, "reserve", logged(ctx, s, at("inventory")+"/reserve"))
	}))
	s.serve(nil)
}
