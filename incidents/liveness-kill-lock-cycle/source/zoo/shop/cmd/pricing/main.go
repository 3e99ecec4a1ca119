// Command pricing quotes prices: a quote holds its price for a while, and a new
// tariff reprices the quotes that are still open.
package main

import (
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"os"
	"time"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/web"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stdout, nil)).With("service", "pricing")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Error("no key", "err", err)
		os.Exit(1)
	}
	t := newTariff(key)
	q := newQuotes(t, env.Duration("QUOTE_TTL", 20*time.Second))
	t.onChange(q.reprice)
	api := &api{log: log, tariff: t, quotes: q}
	app := web.New(web.Slog(log))
	app.Live(t.check)
	app.Handle("POST", "/quotes", api.quote)
	app.Handle("PUT", "/tariff", api.revise)
	log.Info("listening", "addr", env.String("ADDR", ":8080"))
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", "err", err)
		os.Exit(1)
	}
	log.Info("stopped")
}
