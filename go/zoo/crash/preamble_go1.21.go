//go:build go1.21

package main

import (
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
)

func init() {
	preambles["json"] = func() { story(slog.New(slog.NewJSONHandler(os.Stderr, nil))) }
	preambles["text"] = func() { story(slog.New(slog.NewTextHandler(os.Stderr, nil))) }

	// what a recovering middleware logs: the traceback inside one JSON string
	failures["recovered-stack-field"] = func() {
		logger := slog.New(slog.NewJSONHandler(os.Stderr, nil))
		defer func() {
			if v := recover(); v != nil {
				logger.Error("panic in handler", "panic", fmt.Sprint(v), "stack", string(debug.Stack()), "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
				logger.Info("request", "method", "GET", "path", "/v1/page", "status", 500)
			}
		}()
		recentEntries().At(7)
	}
	failures["recovered-stack-field-text"] = func() {
		logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
		defer func() {
			if v := recover(); v != nil {
				logger.Error("panic in handler", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			}
		}()
		sendInvoices(nil)
		postAll(nil, nil)
		recentEntries().Page(3, 1)
	}
}

func story(logger *slog.Logger) {
	logger.Info("listening", "addr", ":8080")
	logger.Info("request", "method", "POST", "path", "/v1/post", "status", 204, "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
	logger.Warn("slow write", "elapsed_ms", 412, "note", "goroutine 7 is not [running]:")
	logger.Info("posting batch", "entries", 1)
}
