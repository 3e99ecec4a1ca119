package web

import (
	"context"
	"log/slog"

	"gorca.dev/go/zoo/shop/internal/trace"
)

// Slog writes one line for each exchange; answers of 500 and above are warnings.
func Slog(log *slog.Logger) func(context.Context, Exchange) {
	return func(ctx context.Context, e Exchange) {
		level := slog.LevelInfo
		if e.Code >= 500 {
			level = slog.LevelWarn
		}
		s := trace.From(ctx)
		log.LogAttrs(ctx, level, "request",
			slog.String("trace_id", s.TraceID), slog.String("span_id", s.SpanID),
			slog.String("method", e.Method), slog.String("route", e.Route),
			slog.Int("code", e.Code), slog.Duration("duration", e.Duration))
	}
}
