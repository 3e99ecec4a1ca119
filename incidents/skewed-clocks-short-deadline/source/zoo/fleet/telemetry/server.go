package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// Names are what a house calls the fields of its records; an empty one is not logged.
type Names struct{ Trace, Span, Parent, Traceparent, Took, Peer string }

// House is how one service logs.
type House struct {
	Log   *slog.Logger
	Names Names
	// Starts: whether the beginning of requests and calls is logged as well as their end.
	Starts bool
}

func (h *House) ids(s Span) []any {
	var out []any
	for _, f := range [][2]string{{h.Names.Trace, s.Trace}, {h.Names.Span, s.ID}, {h.Names.Parent, s.Parent}} {
		if f[0] != "" && f[1] != "" {
			out = append(out, f[0], f[1])
		}
	}
	if h.Names.Traceparent != "" && s.Trace != "" {
		out = append(out, h.Names.Traceparent, s.Header())
	}
	return out
}

func (h *House) took(d time.Duration) []any {
	if h.Names.Took == "elapsed_ms" {
		return []any{h.Names.Took, d.Milliseconds()}
	}
	return []any{h.Names.Took, d}
}

// Info logs a record of the request in ctx.
func (h *House) Info(ctx context.Context, message string, args ...any) {
	h.Log.InfoContext(ctx, message, append(h.ids(From(ctx)), args...)...)
}

// Error logs a failure of the request in ctx.
func (h *House) Error(ctx context.Context, message string, args ...any) {
	h.Log.ErrorContext(ctx, message, append(h.ids(From(ctx)), args...)...)
}

// Serve answers until ctx ends; requests under /v1/ carry a span and are logged.
func (h *House) Serve(ctx context.Context, addr string, mux *http.ServeMux) error {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h.logged(mux), ReadHeaderTimeout: 5 * time.Second}
	h.Log.Info("listening", "addr", listener.Addr().String())
	context.AfterFunc(ctx, func() {
		h.Log.Info("shutting down")
		grace, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(grace) != nil {
			server.Close()
		}
	})
	return server.Serve(listener)
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func (h *House) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) < 4 || r.URL.Path[:4] != "/v1/" {
			next.ServeHTTP(w, r)
			return
		}
		span := Incoming(r).Child()
		r = r.WithContext(With(r.Context(), span))
		began := time.Now()
		if h.Starts {
			h.Info(r.Context(), "request started", "method", r.Method, "path", r.URL.Path)
		}
		recorded := &status{w, http.StatusOK}
		next.ServeHTTP(recorded, r)
		fields := append([]any{"method", r.Method, "path", r.URL.Path, "status", recorded.code}, h.took(time.Since(began))...)
		h.Info(r.Context(), "request", fields...)
	})
}

// Client calls one service of the fleet.
type Client struct {
	House *House
	Peer  string
	Base  string
	HTTP  *http.Client
}

// NewClient makes a client of the service named peer at base.
func NewClient(h *House, peer, base string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &Client{h, peer, base, &http.Client{Transport: transport}}
}

// StatusError is an answer that was not 2xx.
type StatusError struct {
	Peer string
	Code int
}

func (e *StatusError) Error() string { return fmt.Sprintf("%s answered %d", e.Peer, e.Code) }

// Do sends a request in a span of its own and reads the answer.
func (c *Client) Do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	span := From(ctx).Child()
	ctx = With(ctx, span)
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("traceparent", span.Header())
	what := []any{c.House.Names.Peer, c.Peer, "method", method, "path", path}
	if c.House.Starts {
		c.House.Info(ctx, "calling", what...)
	}
	began := time.Now()
	answer, code, err := c.send(request)
	what = append(what, c.House.took(time.Since(began))...)
	if err != nil {
		c.House.Error(ctx, "call failed", append(what, "err", err.Error())...)
		return nil, err
	}
	c.House.Info(ctx, "call answered", append(what, "status", code)...)
	if code >= 300 {
		return answer, &StatusError{c.Peer, code}
	}
	return answer, nil
}

func (c *Client) send(request *http.Request) ([]byte, int, error) {
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return answer, response.StatusCode, err
}

// Late says whether a call ended because nobody waited for it any longer.
func Late(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// Sleep waits as work would, and ends early with the request.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
