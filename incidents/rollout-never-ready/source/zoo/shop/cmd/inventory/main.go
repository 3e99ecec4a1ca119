// Command inventory knows what the warehouses hold and puts goods aside for orders.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"go.uber.org/zap"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/trace"
	"gorca.dev/go/zoo/shop/internal/warehouse"
	"gorca.dev/go/zoo/shop/internal/web"
)

func main() {
	log, err := zap.NewProduction(zap.Fields(zap.String("service", "inventory")))
	if err != nil {
		panic(err)
	}
	defer log.Sync()
	s := &service{
		log:       log,
		warehouse: warehouse.New(env.Duration("LOOKUP_FASTEST", 60*time.Millisecond), env.Duration("LOOKUP_SLOWEST", 340*time.Millisecond)),
		held:      map[string]hold{},
	}
	if err := s.prime(context.Background()); err != nil {
		log.Fatal("warehouses not reachable", zap.Error(err))
	}
	app := web.New(requestLog(log))
	app.Handle(http.MethodPost, "/reservations", s.reserve)
	app.Handle(http.MethodGet, "/stock/{sku}", s.stock)
	log.Info("listening", zap.String("addr", env.String("ADDR", ":8080")))
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", zap.Error(err))
		os.Exit(1)
	}
	log.Info("stopped")
}

func requestLog(log *zap.Logger) func(context.Context, web.Exchange) {
	log = log.WithOptions(zap.WithCaller(false))
	return func(ctx context.Context, e web.Exchange) {
		span := trace.From(ctx)
		log.Info("request",
			zap.String("trace_id", span.TraceID), zap.String("span_id", span.SpanID),
			zap.String("method", e.Method), zap.String("route", e.Route),
			zap.Int("code", e.Code), zap.Duration("duration", e.Duration))
	}
}
