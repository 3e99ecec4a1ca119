package main

import (
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func init() {
	stories["zap-production"] = func() { zapStory(zap.NewProductionEncoderConfig(), zapcore.NewJSONEncoder) }
	stories["zap-rfc3339"] = func() {
		// what operators built with controller-runtime commonly choose
		config := zap.NewProductionEncoderConfig()
		config.EncodeTime = zapcore.RFC3339NanoTimeEncoder
		config.EncodeDuration = zapcore.StringDurationEncoder
		zapStory(config, zapcore.NewJSONEncoder)
	}
	stories["zap-kubernetes"] = func() {
		// the JSON format of Kubernetes components: float milliseconds, no level key but a verbosity
		config := zapcore.EncoderConfig{
			TimeKey: "ts", MessageKey: "msg", CallerKey: "caller", NameKey: "logger", LineEnding: zapcore.DefaultLineEnding,
			EncodeTime: zapcore.EpochMillisTimeEncoder, EncodeDuration: zapcore.StringDurationEncoder, EncodeCaller: zapcore.ShortCallerEncoder,
		}
		log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.Lock(os.Stdout), zapcore.DebugLevel), zap.AddCaller())
		log.Info("Starting reconciler", zap.Int("v", 0), zap.String("controller", "orders"))
		log.Info("Reconciler error", zap.String("err", deadlineError().Error()), zap.Int("v", 0))
	}
	stories["zap-console"] = func() { zapStory(zap.NewDevelopmentEncoderConfig(), zapcore.NewConsoleEncoder) }
	stories["zap-console-color"] = func() {
		config := zap.NewDevelopmentEncoderConfig()
		config.EncodeLevel = zapcore.CapitalColorLevelEncoder
		zapStory(config, zapcore.NewConsoleEncoder)
	}
	// the console encoder with the encoder configuration of production: float seconds, lower-case levels
	stories["zap-console-production"] = func() { zapStory(zap.NewProductionEncoderConfig(), zapcore.NewConsoleEncoder) }
	stories["zap-sampled"] = zapSampled
}

func zapStory(config zapcore.EncoderConfig, encoder func(zapcore.EncoderConfig) zapcore.Encoder) {
	core := zapcore.NewCore(encoder(config), zapcore.Lock(os.Stdout), zapcore.DebugLevel)
	// development: DPanic would panic; production: it is written as its own level
	log := zap.New(core, zap.AddCaller(), zap.AddStacktrace(zapcore.ErrorLevel))
	log.Info("listening", zap.String("addr", ":8080"))
	log.Debug("cache warm", zap.Int64("id", bigID), zap.Int("entries", 12))
	db := log.Named("db")
	db.Warn("slow\tquery", zap.Duration("dur", elapsed), zap.Bool("retry", false))
	log.With(zap.String("trace_id", traceID), zap.String("span_id", spanID)).
		Error("reserve failed", zap.Error(deadlineError()), zap.Duration("elapsed", elapsed), zap.String("trace_id", "second-"+traceID))
	log.Warn("two\nlines", zap.Namespace("http"), zap.String("method", "GET"), zap.Int("status", 504))
	log.DPanic("impossible <state> & more", zap.Error(errStock))
	_ = log.Sync()
}

// zapSampled writes one message 1000 times within one second through the sampler of zap's production preset:
// the first 100 are kept, then every 100th.
func zapSampled() {
	log := zap.Must(zap.NewProduction(zap.WrapCore(func(zapcore.Core) zapcore.Core {
		core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(os.Stdout), zapcore.InfoLevel)
		return zapcore.NewSamplerWithOptions(core, time.Second, 100, 100)
	}), zap.AddStacktrace(zap.FatalLevel)))
	log.Info("listening", zap.String("addr", ":8080"))
	// begin right after a full second, so that all records fall into one tick of the sampler
	now := time.Now()
	time.Sleep(now.Truncate(time.Second).Add(1050 * time.Millisecond).Sub(now))
	for i := range 1000 {
		log.Error("reserve failed", zap.Error(deadlineError()), zap.String("order", fmt.Sprintf("o-%04d", i)))
	}
}
