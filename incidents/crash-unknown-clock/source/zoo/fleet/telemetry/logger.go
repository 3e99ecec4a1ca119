package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Clock is a host's clock: true time and what it is off by. Only the log is written by it.
type Clock struct {
	Ahead  time.Duration
	Step   time.Duration // added once StepAt is over
	StepAt time.Time     // zero: never
	PPM    float64       // gains so many microseconds a second since Began
	Began  time.Time
}

// Shown is what the clock shows at a true time.
func (c Clock) Shown(t time.Time) time.Time {
	shown := t.Add(c.Ahead + time.Duration(c.PPM*1e-6*float64(t.Sub(c.Began))))
	if !c.StepAt.IsZero() && t.After(c.StepAt) {
		shown = shown.Add(c.Step)
	}
	return shown
}

// Logger writes to stderr in one of the formats that Go services use, by the given clock.
func Logger(format string, clock Clock) (*slog.Logger, error) {
	var h slog.Handler
	switch format {
	case "slog-json":
		h = slog.NewJSONHandler(os.Stderr, nil)
	case "slog-text":
		h = slog.NewTextHandler(os.Stderr, nil)
	case "zap-json":
		h = &zapHandler{zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(os.Stderr), zapcore.InfoLevel)}
	case "zerolog":
		h = &zerologHandler{zerolog.New(zerolog.SyncWriter(os.Stderr))}
	case "logrus":
		l := logrus.New()
		l.SetFormatter(&logrus.TextFormatter{DisableColors: true, FullTimestamp: true})
		h = &logrusHandler{logrus.NewEntry(l)}
	default:
		return nil, fmt.Errorf("unknown log format %q", format)
	}
	return slog.New(&clocked{h, clock}), nil
}

// clocked gives each record the time of its host's clock.
type clocked struct {
	slog.Handler
	clock Clock
}

func (c *clocked) Handle(ctx context.Context, r slog.Record) error {
	r.Time = c.clock.Shown(r.Time).UTC()
	return c.Handler.Handle(ctx, r)
}
func (c *clocked) WithAttrs(a []slog.Attr) slog.Handler {
	return &clocked{c.Handler.WithAttrs(a), c.clock}
}
func (c *clocked) WithGroup(n string) slog.Handler { return &clocked{c.Handler.WithGroup(n), c.clock} }

type zapHandler struct{ core zapcore.Core }

func (h *zapHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (h *zapHandler) Handle(_ context.Context, r slog.Record) error {
	entry := zapcore.Entry{Level: zapLevel(r.Level), Time: r.Time, Message: r.Message}
	if frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next(); frame.PC != 0 {
		entry.Caller = zapcore.NewEntryCaller(frame.PC, frame.File, frame.Line, true)
	}
	var fields []zap.Field
	r.Attrs(func(a slog.Attr) bool { fields = append(fields, zap.Any(a.Key, a.Value.Any())); return true })
	return h.core.Write(entry, fields)
}
func (h *zapHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var fields []zap.Field
	for _, a := range attrs {
		fields = append(fields, zap.Any(a.Key, a.Value.Any()))
	}
	return &zapHandler{h.core.With(fields)}
}
func (h *zapHandler) WithGroup(n string) slog.Handler {
	return &zapHandler{h.core.With([]zap.Field{zap.Namespace(n)})}
}

func zapLevel(l slog.Level) zapcore.Level {
	switch {
	case l >= slog.LevelError:
		return zapcore.ErrorLevel
	case l >= slog.LevelWarn:
		return zapcore.WarnLevel
	}
	return zapcore.InfoLevel
}

type zerologHandler struct{ log zerolog.Logger }

func (h *zerologHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (h *zerologHandler) Handle(_ context.Context, r slog.Record) error {
	e := h.log.Info()
	if r.Level >= slog.LevelError {
		e = h.log.Error()
	} else if r.Level >= slog.LevelWarn {
		e = h.log.Warn()
	}
	r.Attrs(func(a slog.Attr) bool {
		switch v := a.Value.Any().(type) {
		case error:
			e.AnErr(a.Key, v)
		case time.Duration:
			e.Dur(a.Key, v)
		default:
			e.Interface(a.Key, v)
		}
		return true
	})
	e.Time(zerolog.TimestampFieldName, r.Time).Msg(r.Message)
	return nil
}
func (h *zerologHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := h.log.With()
	for _, a := range attrs {
		c = c.Interface(a.Key, a.Value.Any())
	}
	return &zerologHandler{c.Logger()}
}
func (h *zerologHandler) WithGroup(string) slog.Handler { return h }

type logrusHandler struct{ entry *logrus.Entry }

func (h *logrusHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (h *logrusHandler) Handle(_ context.Context, r slog.Record) error {
	fields := logrus.Fields{}
	r.Attrs(func(a slog.Attr) bool { fields[a.Key] = a.Value.Any(); return true })
	level := logrus.InfoLevel
	if r.Level >= slog.LevelError {
		level = logrus.ErrorLevel
	} else if r.Level >= slog.LevelWarn {
		level = logrus.WarnLevel
	}
	h.entry.WithTime(r.Time).WithFields(fields).Log(level, r.Message)
	return nil
}
func (h *logrusHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := logrus.Fields{}
	for _, a := range attrs {
		fields[a.Key] = a.Value.Any()
	}
	return &logrusHandler{h.entry.WithFields(fields)}
}
func (h *logrusHandler) WithGroup(string) slog.Handler { return h }
