package main

import (
	"context"
	"log"
	"log/slog"
	"os"
)

func init() {
	stories["slog-json"] = func() {
		slogStory(slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, Level: slog.LevelDebug - 4})))
	}
	stories["slog-text"] = func() {
		slogStory(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, Level: slog.LevelDebug - 4})))
	}
	// the key names of Google Cloud Logging and of log15: what a reader meets when the logger cannot be told from its keys
	stories["slog-renamed-json"] = func() {
		slogStory(slog.New(slog.NewJSONHandler(os.Stdout, renamed("timestamp", "severity", "message"))))
	}
	stories["slog-renamed-text"] = func() {
		slogStory(slog.New(slog.NewTextHandler(os.Stdout, renamed("t", "lvl", "msg"))))
	}
	stories["slog-default"] = func() {
		log.SetOutput(os.Stdout)
		slog.SetLogLoggerLevel(slog.LevelDebug - 4)
		slogStory(slog.Default())
	}
}

func init() {
	stories["slog-default-caller"] = func() {
		log.SetOutput(os.Stdout)
		log.SetFlags(log.LstdFlags | log.Lmicroseconds | log.Lshortfile)
		slogStory(slog.Default())
	}
}

func renamed(time, level, message string) *slog.HandlerOptions {
	names := map[string]string{slog.TimeKey: time, slog.LevelKey: level, slog.MessageKey: message}
	return &slog.HandlerOptions{Level: slog.LevelDebug - 4, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if name, ok := names[a.Key]; ok && len(groups) == 0 {
			a.Key = name
		}
		return a
	}}
}

func slogStory(logger *slog.Logger) {
	ctx := context.Background()
	logger.Info("listening", "addr", ":8080")
	logger.Log(ctx, slog.LevelDebug-4, "cache warm", "id", bigID, "entries", 12)
	logger.Warn("slow query", "dur", elapsed, "retry", false, "empty", "", "quoted key", 1)
	request := logger.With("trace_id", traceID, "span_id", spanID).WithGroup("http")
	request.Error("reserve failed", "err", deadlineError(), "elapsed", elapsed, slog.Group("req", "id", "r1", "method", "POST"))
	logger.Log(ctx, slog.LevelError+4, "two\nlines", "err", errStock, "path", `C:\temp`, "id", 1, "id", 2)
	dangling := []any{"dangling"} // a slice, because vet refuses the mistake where it can see it
	logger.Log(ctx, slog.LevelInfo+2, "odd", dangling...)
}
