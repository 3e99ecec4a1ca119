package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"
)

func init() {
	stories["otlp-json"] = otlpStory
}

// otlpStory sends slog records over OTLP to a receiver, which writes each request as the collector's file exporter does:
// one line a request, by the same marshaler (pdata/plog JSONMarshaler).
func otlpStory() {
	ctx := context.Background()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := plogotlp.NewExportRequest()
		if err == nil {
			err = request.UnmarshalProto(body)
		}
		if err == nil {
			var line []byte
			line, err = (&plog.JSONMarshaler{}).MarshalLogs(request.Logs())
			fmt.Fprintf(os.Stdout, "%s\n", line)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}))
	defer receiver.Close()
	exporter, err := otlploghttp.New(ctx, otlploghttp.WithEndpointURL(receiver.URL+"/v1/logs"))
	if err != nil {
		panic(err)
	}
	provider := log.NewLoggerProvider(log.WithProcessor(log.NewBatchProcessor(exporter)),
		log.WithResource(resource.NewSchemaless(attribute.String("service.name", "orders"), attribute.String("host.name", "node-1"))))
	logger := otelslog.NewLogger("shop/orders", otelslog.WithLoggerProvider(provider), otelslog.WithSource(true))
	var tid trace.TraceID
	var sid trace.SpanID
	if tid, err = trace.TraceIDFromHex(traceID); err == nil {
		sid, err = trace.SpanIDFromHex(spanID)
	}
	if err != nil {
		panic(err)
	}
	traced := trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceID: tid, SpanID: sid, TraceFlags: trace.FlagsSampled}))
	logger.Info("listening", "addr", ":8080")
	logger.Log(ctx, slog.LevelDebug, "cache warm", "id", bigID, "entries", 12)
	logger.Warn("slow query", "dur", elapsed, "retry", false, "empty", "")
	logger.ErrorContext(traced, "reserve failed", "err", deadlineError(), "elapsed", elapsed, slog.Group("http", "status", 504, slog.Group("req", "id", "r1")))
	if err := provider.ForceFlush(ctx); err != nil {
		panic(err)
	}
	logger.Log(ctx, slog.LevelError+4, "two\nlines", "err", errStock, "sizes", []int{1, 2}, "raw", []byte{0, 255})
	if err := provider.Shutdown(ctx); err != nil {
		panic(err)
	}
}
