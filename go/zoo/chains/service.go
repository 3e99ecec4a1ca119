package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type service struct {
	name    string
	log     *slog.Logger
	mux     *http.ServeMux
	faultAt time.Time
	server  *http.Server
}

func newService(name string) *service {
	at, err := strconv.ParseInt(os.Getenv("FAULT_AT"), 10, 64)
	if err != nil {
		panic(err)
	}
	s := &service{name: name, mux: http.NewServeMux(), faultAt: time.UnixMilli(at)}
	skew, err := time.ParseDuration(os.Getenv("SKEW_" + name))
	if err != nil {
		panic(err)
	}
	options := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			a.Value = slog.TimeValue(a.Value.Time().Add(skew))
		}
		return a
	}}
	s.log = slog.New(slog.NewJSONHandler(os.Stderr, options)).With("service", name)
	log.SetFlags(log.LstdFlags | log.LUTC)
	s.server = &http.Server{Handler: s.mux}
	s.mux.HandleFunc("/debug/pprof/", pprof.Index)
	s.mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return s
}

func (s *service) ill() bool { return time.Now().After(s.faultAt) }

func addressOf(name string) string { return os.Getenv("AT_" + name) }

func (s *service) serve(wrap func(net.Listener) net.Listener) {
	l, err := net.Listen("tcp", addressOf(s.name))
	if err != nil {
		s.log.Error("cannot listen", "error", err.Error())
		os.Exit(1)
	}
	s.log.Info("listening", "addr", l.Addr().String())
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		s.log.Info("shutting down")
		s.server.Close()
	})
	if wrap != nil {
		l = wrap(l)
	}
	if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("server ended", "error", err.Error())
	}
}

type traceKey struct{}

func traceOf(ctx context.Context) string { id, _ := ctx.Value(traceKey{}).(string); return id }

// handle logs each request with its status, duration and trace, and the error it ended with.
func (s *service) handle(route string, f func(w http.ResponseWriter, r *http.Request) (int, error)) http.HandlerFunc {
	return s.reading(route, func(w http.ResponseWriter, r *http.Request) (int, error) {
		// only after the body has been read does net/http notice that the client goes away
		_, _ = io.Copy(io.Discard, r.Body)
		return f(w, r)
	})
}

// reading is handle for those who read the body themselves.
func (s *service) reading(route string, f func(w http.ResponseWriter, r *http.Request) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		parts := strings.Split(r.Header.Get("Traceparent"), "-")
		trace := ""
		if len(parts) == 4 {
			trace = parts[1]
		}
		ctx := context.WithValue(r.Context(), traceKey{}, trace)
		code, err := f(w, r.WithContext(ctx))
		if err != nil {
			s.log.Error("request failed", "trace_id", trace, "error", err.Error())
		}
		s.log.Info("request", "trace_id", trace, "method", r.Method, "route", route, "status", code, "duration", time.Since(began))
	}
}

func answer(w http.ResponseWriter, code int) {
	w.WriteHeader(code)
	fmt.Fprintln(w, http.StatusText(code))
}

// call posts to another service and carries the trace on; an answer of 500 or above is an error.
func call(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	req.Header.Set("Traceparent", "00-"+traceOf(ctx)+"-00f067aa0ba902b7-01")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return fmt.Errorf("read answer of %s: %w", url, err)
	}
	if res.StatusCode >= 500 {
		return fmt.Errorf("%s answered %d", url, res.StatusCode)
	}
	return nil
}

// passOn is the usual handler: what it needs from elsewhere fails, so it answers 502, or 504 when the time was over.
func passOn(w http.ResponseWriter, what string, err error) (int, error) {
	if err == nil {
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}
	code := http.StatusBadGateway
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		code = http.StatusGatewayTimeout
	}
	answer(w, code)
	return code, fmt.Errorf("%s: %w", what, err)
}

func work(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
