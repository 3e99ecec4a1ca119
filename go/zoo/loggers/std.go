package main

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	kitlog "github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/hashicorp/go-hclog"
)

func init() {
	stories["std-log"] = func() { stdStory(log.New(os.Stdout, "", log.LstdFlags)) }
	stories["std-log-full"] = func() {
		stdStory(log.New(os.Stdout, "[orders] ", log.LstdFlags|log.Lmicroseconds|log.Lshortfile|log.LUTC))
	}
	stories["std-log-msgprefix"] = func() {
		stdStory(log.New(os.Stdout, "orders: ", log.LstdFlags|log.Lmicroseconds|log.Llongfile|log.Lmsgprefix|log.LUTC))
	}
	stories["std-log-levels"] = func() {
		log.New(os.Stdout, "ERROR: ", log.LstdFlags|log.Lshortfile).Printf("reserve failed: %v", deadlineError())
		log.New(os.Stdout, "[WARN] ", log.LstdFlags).Printf("slow query, took %v", elapsed)
		log.New(os.Stdout, "orders: ", log.LstdFlags).Printf("listening on %s", ":8080")
	}
	stories["std-log-clock"] = func() { stdStory(log.New(os.Stdout, "", log.Ltime|log.Lmicroseconds)) }
	stories["std-log-clock-seconds"] = func() { stdStory(log.New(os.Stdout, "", log.Ltime)) }
	stories["go-kit-json"] = func() { kitLines(kitlog.NewJSONLogger(os.Stdout)) }
	stories["go-kit"] = kitStory
	stories["hclog"] = func() { hclogStory(false) }
	stories["hclog-json"] = func() { hclogStory(true) }
	stories["crash"] = crashStory
}

func stdStory(logger *log.Logger) {
	logger.Printf("listening on %s", ":8080")
	logger.Printf("WARN: slow query, took %v", elapsed)
	logger.Printf("ERROR reserve failed: %v trace_id=%s", deadlineError(), traceID)
	logger.Print("two\nlines")
}

func kitStory() { kitLines(kitlog.NewLogfmtLogger(os.Stdout)) }

func kitLines(logger kitlog.Logger) {
	logger = kitlog.With(logger, "ts", kitlog.DefaultTimestampUTC, "caller", kitlog.DefaultCaller)
	_ = level.Info(logger).Log("msg", "listening", "addr", ":8080")
	_ = level.Debug(logger).Log("msg", "cache warm", "id", bigID, "entries", 12)
	_ = level.Warn(logger).Log("msg", "slow query", "dur", elapsed, "empty", "", "nil", nil)
	_ = level.Error(logger).Log("msg", "reserve failed", "trace_id", traceID, "span_id", spanID, "err", deadlineError(), "elapsed", elapsed)
	_ = level.Error(logger).Log("msg", "two\nlines", "odd")
}

func hclogStory(asJSON bool) {
	logger := hclog.New(&hclog.LoggerOptions{
		Name: "app", Output: os.Stdout, Level: hclog.Trace, JSONFormat: asJSON, IncludeLocation: true,
		TimeFormat: "2006-01-02T15:04:05.000Z0700",
	})
	logger.Info("listening", "addr", ":8080")
	logger.Trace("cache warm", "id", bigID, "entries", 12)
	logger.Named("db").Warn("slow query", "dur", elapsed, "retry", false)
	logger.Error("reserve failed", "trace_id", traceID, "error", deadlineError(), "elapsed", elapsed)
	logger.Error("multi line value", "ml", "first\nsecond", "after", true)
}

// crashStory shows what a log looks like when the program dies between two records: the runtime writes its text raw.
func crashStory() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	os.Stderr = os.Stdout
	logger.Info("listening", "addr", ":8080")
	go func() {
		time.Sleep(20 * time.Millisecond)
		var stock map[string]int
		stock["A-7"]++
	}()
	for i := range 100 {
		logger.Info("request", "n", i, "route", fmt.Sprintf("/v1/orders/%d", i))
		time.Sleep(5 * time.Millisecond)
	}
}
