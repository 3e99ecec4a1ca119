// Command gateway is the shop's edge: it takes customers' requests and passes
// them to the services behind.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/trace"
	"gorca.dev/go/zoo/shop/internal/web"
)

type gateway struct {
	log       *slog.Logger
	client    *http.Client
	orders    string
	inventory string
	timeout   time.Duration
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "gateway")
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 10 * time.Second
	g := &gateway{
		log:       log,
		client:    &http.Client{Transport: t},
		orders:    env.String("ORDERS_URL", "http://orders"),
		inventory: env.String("INVENTORY_URL", "http://inventory"),
		timeout:   env.Duration("UPSTREAM_TIMEOUT", 3*time.Second),
	}
	app := web.New(web.Slog(log))
	app.Handle("POST", "/checkout", func(w http.ResponseWriter, r *http.Request) { g.pass(w, r, g.orders+"/orders") })
	app.Handle("GET", "/stock/{sku}", func(w http.ResponseWriter, r *http.Request) {
		g.pass(w, r, g.inventory+"/stock/"+r.PathValue("sku"))
	})
	log.Info("listening", "addr", env.String("ADDR", ":8080"), "upstream_timeout", g.timeout.String())
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", "err", err)
		os.Exit(1)
	}
	log.Info("stopped")
}

// pass sends the request on and copies the answer back.
func (g *gateway) pass(w http.ResponseWriter, r *http.Request, url string) {
	ctx, cancel := context.WithTimeout(r.Context(), g.timeout)
	defer cancel()
	out, err := http.NewRequestWithContext(ctx, r.Method, url, r.Body)
	if err != nil {
		g.fail(ctx, w, http.StatusInternalServerError, url, err)
		return
	}
	out.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	out.ContentLength = r.ContentLength
	trace.Inject(ctx, out.Header)
	resp, err := g.client.Do(out)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		g.fail(ctx, w, http.StatusGatewayTimeout, url, err)
		return
	case err != nil:
		g.fail(ctx, w, http.StatusBadGateway, url, err)
		return
	}
	defer resp.Body.Close()
	w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	w.WriteHeader(resp.StatusCode)
	if _, err := io.Copy(w, resp.Body); err != nil {
		g.log.Warn("answer not delivered", "trace_id", trace.From(ctx).TraceID, "err", err)
	}
}

func (g *gateway) fail(ctx context.Context, w http.ResponseWriter, code int, upstream string, err error) {
	s := trace.From(ctx)
	g.log.Error("upstream failed", "trace_id", s.TraceID, "span_id", s.SpanID, "upstream", upstream, "err", err)
	http.Error(w, http.StatusText(code), code)
}
