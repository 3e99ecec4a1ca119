// Command fleet is a set of services that call each other with W3C trace context, each with a logger and a clock of its own: what one
// process a host with clocks that disagree leaves behind in its logs. Only what is logged follows the clock; everything else is true time.
//
//	fleet -listen 127.0.0.1:8081 -ahead 180ms -purchases http://127.0.0.1:8082 storefront
//	fleet -listen 127.0.0.1:8084 -ahead -2.3s -ledger http://127.0.0.1:8085 payments
//	fleet -target http://127.0.0.1:8081 -rate 12 users
//
//	service    log        trace ids in it                                starts
//	storefront    zap JSON   trace_id, span_id, parent_span_id              logged
//	purchases     slog JSON  traceId, spanId, parentSpanId                  logged
//	warehouse  zerolog    trace_id, span_id, parent_id; whole seconds    logged
//	payments   slog text  traceparent; milliseconds                      logged
//	ledger     logrus     trace_id alone; whole seconds                  not logged
//	notifier   zap JSON   trace_id, span_id                              –
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"gorca.dev/go/zoo/fleet/ledger"
	"gorca.dev/go/zoo/fleet/notifier"
	"gorca.dev/go/zoo/fleet/payments"
	"gorca.dev/go/zoo/fleet/purchases"
	"gorca.dev/go/zoo/fleet/storefront"
	"gorca.dev/go/zoo/fleet/telemetry"
	"gorca.dev/go/zoo/fleet/users"
	"gorca.dev/go/zoo/fleet/warehouse"
)

var (
	base     = map[string]*string{}
	deadline = flag.Duration("deadline", time.Second, "how long storefront waits for purchases, or purchases for payments")
	attempts = flag.Int("attempts", 3, "how often storefront asks purchases at most")
	channel  = flag.String("channel", "mail", "how purchases has customers told")
)

type style struct {
	log    string
	names  telemetry.Names
	starts bool
}

var styles = map[string]style{
	"storefront": {"zap-json", telemetry.Names{Trace: "trace_id", Span: "span_id", Parent: "parent_span_id", Took: "duration", Peer: "peer"}, true},
	"purchases":  {"slog-json", telemetry.Names{Trace: "traceId", Span: "spanId", Parent: "parentSpanId", Took: "duration", Peer: "upstream"}, true},
	"warehouse":  {"zerolog", telemetry.Names{Trace: "trace_id", Span: "span_id", Parent: "parent_id", Took: "duration", Peer: "peer"}, true},
	"payments":   {"slog-text", telemetry.Names{Traceparent: "traceparent", Took: "elapsed_ms", Peer: "peer"}, true},
	"ledger":     {"logrus", telemetry.Names{Trace: "trace_id", Took: "elapsed_ms", Peer: "peer"}, false},
	"notifier":   {"zap-json", telemetry.Names{Trace: "trace_id", Span: "span_id", Took: "duration", Peer: "peer"}, true},
}

func main() {
	for _, name := range []string{"purchases", "warehouse", "payments", "ledger", "notifier"} {
		base[name] = flag.String(name, "", "base URL of "+name)
	}
	listen := flag.String("listen", "127.0.0.1:8081", "address to serve on")
	ahead := flag.Duration("ahead", 0, "how far the log's clock is ahead of true time")
	step := flag.Duration("step", 0, "what is added to the log's clock after -step-after")
	stepAfter := flag.Duration("step-after", 0, "when the clock steps, from the start on")
	ppm := flag.Float64("ppm", 0, "microseconds that the log's clock gains in a second")
	target := flag.String("target", "", "with users: base URL of the storefront")
	rate := flag.Float64("rate", 10, "with users: requests a second")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	name := flag.Arg(0)
	if name == "users" {
		path := "/v1/checkout/b%05d"
		if flag.Arg(1) != "" {
			path = flag.Arg(1)
		}
		users.Run(ctx, *target, path, *rate)
		return
	}
	chosen, known := styles[name]
	if !known {
		fmt.Fprintln(os.Stderr, "usage: fleet [flags] users | storefront | purchases | warehouse | payments | ledger | notifier")
		os.Exit(2)
	}
	clock := telemetry.Clock{Ahead: *ahead, PPM: *ppm, Began: time.Now()}
	if *step != 0 {
		clock.Step, clock.StepAt = *step, clock.Began.Add(*stepAfter)
	}
	log, err := telemetry.Logger(chosen.log, clock)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(2)
	}
	house := &telemetry.House{Log: log.With("service", name), Names: chosen.names, Starts: chosen.starts}
	to := func(peer string) *telemetry.Client { return telemetry.NewClient(house, peer, *base[peer]) }
	mux := http.NewServeMux()
	switch name {
	case "storefront":
		storefront.New(house, to("purchases"), *deadline, *attempts).Routes(mux)
	case "purchases":
		purchases.New(house, to("warehouse"), to("payments"), to("notifier"), *deadline, *channel).Routes(mux)
	case "warehouse":
		warehouse.New(house).Routes(mux)
	case "payments":
		payments.New(house, to("ledger")).Routes(mux)
	case "ledger":
		ledger.New(house).Routes(mux)
	case "notifier":
		notifier.New(house).Routes(mux)
	}
	if err := house.Serve(ctx, *listen, mux); err != nil && !errors.Is(err, http.ErrServerClosed) {
		house.Log.Error("cannot serve", "err", err.Error())
		os.Exit(1)
	}
}
