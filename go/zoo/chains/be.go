package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// be serves one service of one scenario until it is told to end.
func be(name, scenario string) {
	s := newService(name)
	roles[scenario+" "+name](s)
}

var roles = map[string]func(*service){
	"dns orders":              func(s *service) { orders(s, resolving(s), "http://inventory.test:"+portOf("inventory")) },
	"dns inventory":           func(s *service) { inventory(s, quick) },
	"certificate orders":      func(s *service) { orders(s, trusting(), "https://"+addressOf("inventory")) },
	"certificate inventory":   func(s *service) { withExpiringCertificate(s) },
	"crash orders":            func(s *service) { orders(s, &http.Client{Timeout: time.Second}, at("inventory")) },
	"crash inventory":         crashingInventory,
	"files orders":            func(s *service) { orders(s, unkept(400*time.Millisecond), at("inventory")) },
	"files inventory":         leakingInventory,
	"idle orders":             func(s *service) { orders(s, &http.Client{Timeout: time.Second}, at("inventory")) },
	"idle inventory":          shortIdleInventory,
	"write-timeout orders":    func(s *service) { orders(s, &http.Client{Timeout: 2 * time.Second}, at("inventory")) },
	"write-timeout inventory": cutInventory,
	"cancel-crash gateway":    func(s *service) { impatientGateway(s, 150*time.Millisecond) },
	"cancel-crash orders":     closingOrders,
	"pile-up gateway":         func(s *service) { impatientGateway(s, 150*time.Millisecond) },
	"pile-up orders":          abandoningOrders,
	"timer orders":            func(s *service) { orders(s, &http.Client{Timeout: 300 * time.Millisecond}, at("inventory")) },
	"timer inventory":         ownTimerInventory,
	"retry orders":            retryingOrders,
	"retry inventory":         func(s *service) { slotsInventory(s) },
	"pool orders":             pooledOrders,
	"pool inventory":          func(s *service) { inventory(s, func(*service) time.Duration { return 120 * time.Millisecond }) },
	"budget gateway":          budgetGateway,
	"budget users":            func(s *service) { slowing(s, "/users", 40*time.Millisecond, 420*time.Millisecond) },
	"budget orders":           func(s *service) { slowing(s, "/orders", 150*time.Millisecond, 150*time.Millisecond) },
	"sql orders":              sqlOrders,
	"field-type orders":       stringOrders,
	"field-type inventory":    readingInventory,
	"read-timeout uploads":    slowUploads,
	"read-timeout archive":    hastyArchive,
	"handler orders":          timedOrders,
	"handler inventory":       func(s *service) { slowing(s, "/reserve", 60*time.Millisecond, 450*time.Millisecond) },
}

func at(name string) string { return "http://" + addressOf(name) }

func portOf(name string) string { _, port, _ := net.SplitHostPort(addressOf(name)); return port }

func quick(*service) time.Duration { return 8 * time.Millisecond }

// orders needs inventory for each of its requests.
func orders(s *service, client *http.Client, url string) {
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		return passOn(w, "reserve", call(r.Context(), client, url+"/reserve"))
	}))
	s.serve(nil)
}

func inventory(s *service, takes func(*service) time.Duration) {
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		work(r.Context(), takes(s))
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

func slowing(s *service, route string, well, ill time.Duration) {
	s.mux.HandleFunc("POST "+route, s.handle(route, func(w http.ResponseWriter, r *http.Request) (int, error) {
		d := well
		if s.ill() {
			d = ill
		}
		work(r.Context(), d)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// unkept makes a connection for each request.
func unkept(limit time.Duration) *http.Client {
	return &http.Client{Timeout: limit, Transport: &http.Transport{DisableKeepAlives: true}}
}

// crashingInventory writes to a map that was never made, in a goroutine that nobody recovers.
func crashingInventory(s *service) {
	var seen map[string]int
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		if s.ill() {
			go func() { seen[traceOf(r.Context())]++ }()
		}
		work(r.Context(), 8*time.Millisecond)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// leakingInventory opens a file for each request and forgets it, under a low limit.
func leakingInventory(s *service) {
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 64, Max: 64}); err != nil {
		panic(err)
	}
	var mu sync.Mutex
	var forgotten []*os.File
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		if s.ill() {
			f, err := os.Open("/dev/null")
			if err != nil {
				answer(w, http.StatusInternalServerError)
				return http.StatusInternalServerError, fmt.Errorf("read stock: %w", err)
			}
			mu.Lock()
			forgotten = append(forgotten, f)
			mu.Unlock()
		}
		work(r.Context(), 8*time.Millisecond)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// cutInventory writes its answer when its own WriteTimeout is over: it believes in a success that nobody received.
func cutInventory(s *service) {
	s.server.WriteTimeout = 250 * time.Millisecond
	s.log.Info("starting", "write_timeout", s.server.WriteTimeout)
	slowing(s, "/reserve", 60*time.Millisecond, 400*time.Millisecond)
}

// impatientGateway gives up on orders after a limit that suits it while all is well.
func impatientGateway(s *service, limit time.Duration) {
	client := &http.Client{Timeout: limit}
	s.mux.HandleFunc("POST /checkout", s.handle("/checkout", func(w http.ResponseWriter, r *http.Request) (int, error) {
		return passOn(w, "place order", call(r.Context(), client, at("orders")+"/orders"))
	}))
	s.serve(nil)
}

// closingOrders collects quotes in a channel and closes it when its context ends, while the senders still work.
func closingOrders(s *service) {
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		d := 30 * time.Millisecond
		if s.ill() {
			d = 400 * time.Millisecond
		}
		quotes := make(chan int, 1)
		go func() {
			time.Sleep(d)
			quotes <- 1
		}()
		select {
		case <-quotes:
			answer(w, http.StatusOK)
			return http.StatusOK, nil
		case <-r.Context().Done():
			close(quotes)
			return 499, fmt.Errorf("quote: %w", r.Context().Err())
		}
	}))
	s.serve(nil)
}

// abandoningOrders leaves a goroutine behind for each caller that went away.
func abandoningOrders(s *service) {
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		quotes := make(chan int)
		go func() { quotes <- quote(s) }()
		select {
		case <-quotes:
			answer(w, http.StatusOK)
			return http.StatusOK, nil
		case <-r.Context().Done():
			return 499, fmt.Errorf("quote: %w", r.Context().Err())
		}
	}))
	s.serve(nil)
}

func quote(s *service) int {
	if s.ill() {
		time.Sleep(400 * time.Millisecond)
	} else {
		time.Sleep(30 * time.Millisecond)
	}
	return 1
}

// ownTimerInventory waits for stock by a timer of its own, whatever the caller's context says.
func ownTimerInventory(s *service) {
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, _ *http.Request) (int, error) {
		stock := make(chan int, 1)
		if !s.ill() {
			time.AfterFunc(20*time.Millisecond, func() { stock <- 1 })
		}
		select {
		case <-stock:
			answer(w, http.StatusOK)
			return http.StatusOK, nil
		case <-time.After(900 * time.Millisecond):
			answer(w, http.StatusServiceUnavailable)
			return http.StatusServiceUnavailable, fmt.Errorf("no stock after 900ms")
		}
	}))
	s.serve(nil)
}

// retryingOrders tries four times, each with the same short deadline and no pause.
func retryingOrders(s *service) {
	client := &http.Client{Timeout: 120 * time.Millisecond}
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		var err error
		for attempt := 1; attempt <= 4; attempt++ {
			if err = call(r.Context(), client, at("inventory")+"/reserve"); err == nil {
				break
			}
			s.log.Warn("reserve failed", "trace_id", traceOf(r.Context()), "attempt", attempt, "error", err.Error())
		}
		return passOn(w, "reserve", err)
	}))
	s.serve(nil)
}

// slotsInventory works on two requests at a time and does not notice that a caller has left.
func slotsInventory(s *service) {
	slots := make(chan struct{}, 2)
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, _ *http.Request) (int, error) {
		slots <- struct{}{}
		defer func() { <-slots }()
		d := 30 * time.Millisecond
		if s.ill() {
			d = 130 * time.Millisecond
		}
		time.Sleep(d)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// instrumented wraps a transport as tracing libraries do.
type instrumented struct{ next http.RoundTripper }

func (i instrumented) RoundTrip(r *http.Request) (*http.Response, error) { return i.next.RoundTrip(r) }

// pooledOrders may have two connections; since the fault each request needs five calls at once instead of one.
func pooledOrders(s *service) {
	client := &http.Client{Timeout: 300 * time.Millisecond, Transport: instrumented{&http.Transport{MaxConnsPerHost: 2, MaxIdleConnsPerHost: 2}}}
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		calls := 1
		if s.ill() {
			calls = 5
		}
		errs := make(chan error, calls)
		for range calls {
			go func() {
				err := call(r.Context(), client, at("inventory")+"/reserve")
				if err != nil {
					s.log.Warn("reserve failed", "trace_id", traceOf(r.Context()), "error", err.Error())
				}
				errs <- err
			}()
		}
		var err error
		for range calls {
			if e := <-errs; e != nil {
				err = e
			}
		}
		return passOn(w, "reserve", err)
	}))
	s.serve(nil)
}

// budgetGateway has half a second for two calls, one after the other.
func budgetGateway(s *service) {
	client := &http.Client{}
	s.mux.HandleFunc("POST /checkout", s.handle("/checkout", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx, cancel := context.WithTimeout(r.Context(), 500*time.Millisecond)
		defer cancel()
		if err := call(ctx, client, at("users")+"/users"); err != nil {
			return passOn(w, "load user", err)
		}
		return passOn(w, "place order", call(ctx, client, at("orders")+"/orders"))
	}))
	s.serve(nil)
}

// timedOrders answers 503 by http.TimeoutHandler while its handler, which does not look at the context, goes on.
func timedOrders(s *service) {
	client := &http.Client{Timeout: 2 * time.Second}
	inner := func(w http.ResponseWriter, r *http.Request) {
		err := call(context.WithoutCancel(r.Context()), client, at("inventory")+"/reserve")
		if err == nil {
			_, err = fmt.Fprintln(w, "reserved")
		}
		if err != nil {
			s.log.Error("cannot answer", "trace_id", traceOf(r.Context()), "error", err.Error())
		}
	}
	timed := http.TimeoutHandler(http.HandlerFunc(inner), 250*time.Millisecond, "")
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		seen := &statusWriter{ResponseWriter: w, code: http.StatusOK}
		timed.ServeHTTP(seen, r)
		return seen.code, nil
	}))
	s.serve(nil)
}

type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) { w.code = code; w.ResponseWriter.WriteHeader(code) }
