package service

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime"

	"github.com/go-logr/logr"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
)

// Logger writes to stderr in one of the formats that Go services use.
func Logger(format string) (*slog.Logger, error) {
	switch format {
	case "slog-json":
		return slog.New(slog.NewJSONHandler(os.Stderr, nil)), nil
	case "logfmt":
		return slog.New(slog.NewTextHandler(os.Stderr, nil)), nil
	case "std":
		log.SetFlags(log.LstdFlags | log.LUTC)
		return slog.Default(), nil
	case "klog":
		return slog.New(logr.ToSlogHandler(klog.NewKlogr())), nil
	case "zap-json":
		config := zap.NewProductionEncoderConfig()
		return slog.New(&zapHandler{zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.Lock(os.Stderr), zapcore.InfoLevel)}), nil
	case "zap-console":
		config := zap.NewDevelopmentEncoderConfig()
		return slog.New(&zapHandler{zapcore.NewCore(zapcore.NewConsoleEncoder(config), zapcore.Lock(os.Stderr), zapcore.InfoLevel)}), nil
	}
	return nil, fmt.Errorf("unknown log format %q", format)
}

// zapHandler hands records to a zap core, which writes them with zap's own encoders.
type zapHandler struct{ core zapcore.Core }

func (h *zapHandler) Enabled(_ context.Context, level slog.Level) bool {
	return h.core.Enabled(zapLevel(level))
}

func (h *zapHandler) Handle(_ context.Context, r slog.Record) error {
	entry := zapcore.Entry{Level: zapLevel(r.Level), Time: r.Time, Message: r.Message}
	if frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next(); frame.PC != 0 {
		entry.Caller = zapcore.NewEntryCaller(frame.PC, frame.File, frame.Line, true)
	}
	var fields []zap.Field
	r.Attrs(func(a slog.Attr) bool {
		fields = append(fields, zapField(a))
		return true
	})
	return h.core.Write(entry, fields)
}

func (h *zapHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := make([]zap.Field, 0, len(attrs))
	for _, a := range attrs {
		fields = append(fields, zapField(a))
	}
	return &zapHandler{h.core.With(fields)}
}

func (h *zapHandler) WithGroup(name string) slog.Handler {
	return &zapHandler{h.core.With([]zap.Field{zap.Namespace(name)})}
}

func zapField(a slog.Attr) zap.Field {
	if err, ok := a.Value.Any().(error); ok && a.Key == "err" {
		return zap.Error(err)
	}
	return zap.Any(a.Key, a.Value.Any())
}

func zapLevel(level slog.Level) zapcore.Level {
	switch {
	case level >= slog.LevelError:
		return zapcore.ErrorLevel
	case level >= slog.LevelWarn:
		return zapcore.WarnLevel
	case level >= slog.LevelInfo:
		return zapcore.InfoLevel
	}
	return zapcore.DebugLevel
}
