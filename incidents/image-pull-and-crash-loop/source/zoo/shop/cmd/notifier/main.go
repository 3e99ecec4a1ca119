// Command notifier tells customers what became of their orders, by the channels
// they have left open.
package main

import (
	"os"

	"go.uber.org/zap"

	"gorca.dev/go/zoo/shop/internal/env"
	"gorca.dev/go/zoo/shop/internal/web"
)

func main() {
	log, err := zap.NewProduction(zap.Fields(zap.String("service", "notifier")))
	if err != nil {
		panic(err)
	}
	n := newNotifier(log, env.Int("QUEUE", 256))
	go n.work()
	app := web.New(n.requestLog)
	app.Handle("POST", "/notifications", n.notify)
	app.Handle("POST", "/mutes", n.mute)
	log.Info("listening", zap.String("addr", env.String("ADDR", ":8080")), zap.Int("customers", n.directory.size()))
	if err := app.Run(env.String("ADDR", ":8080"), env.String("ADMIN_ADDR", ":6060")); err != nil {
		log.Error("server ended", zap.Error(err))
		os.Exit(1)
	}
	log.Info("stopped")
}
