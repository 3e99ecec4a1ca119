// Command catalog shows the shop's articles: it renders result pages for searches
// and keeps rendered pages for the next customer who asks the same.
package main

import (
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/web"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "catalog")
	c := &catalog{pages: map[string][]byte{}}
	app := web.New(web.Slog(log))
	app.Handle("GET", "/search", c.search)
	log.Info("listening", "addr", env.String("ADDR", ":8080"))
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", "err", err)
		os.Exit(1)
	}
	log.Info("stopped")
}

// catalog renders pages and keeps them by the request that asked for them.
type catalog struct {
	mu    sync.Mutex
	pages map[string][]byte
}

func (c *catalog) search(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	key := r.URL.RequestURI()
	c.mu.Lock()
	page, ok := c.pages[key]
	c.mu.Unlock()
	if !ok {
		page = render(r.URL.Query().Get("q"))
		c.mu.Lock()
		c.pages[key] = page
		c.mu.Unlock()
	}
	w.Write(page)
}

func render(q string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><title>%s</title><ol>\n", html.EscapeString(q))
	for i := range 120 {
		fmt.Fprintf(&b, "<li><a href=\"/articles/%s-%03d\">%s, number %d of our range</a> <small>in stock</small></li>\n", html.EscapeString(q), i, html.EscapeString(q), i)
	}
	b.WriteString("</ol>\n")
	return []byte(b.String())
}
