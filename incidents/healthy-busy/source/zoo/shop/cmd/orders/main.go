// Command orders places customers' orders: it has the goods reserved by the
// inventory service, files the order and confirms it.
package main

import (
	"log/slog"
	"net/http"
	"os"
	"time"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/inventory"
	"gorca.dev/go/zoo/shop/internal/web"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "orders")
	s := &service{
		log:            log,
		inventory:      inventory.New(env.String("INVENTORY_URL", "http://inventory")),
		reserveTimeout: env.Duration("RESERVE_TIMEOUT", 2*time.Second),
		book:           newBook(env.Int("BOOK_SIZE", 64)),
	}
	app := web.New(web.Slog(log))
	app.Handle(http.MethodPost, "/orders", s.place)
	log.Info("listening", "addr", env.String("ADDR", ":8080"), "reserve_timeout", s.reserveTimeout.String())
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", "err", err)
		os.Exit(1)
	}
	log.Info("stopped")
}
