// Command services is a set of small HTTP services that go wrong under load, each in its own way, and for each of them
// one of the same shape that does not. What they write, serve and dump is recorded by scripts/record-zoo.
//
//	services -listen 127.0.0.1:8081 -upstream http://127.0.0.1:8090 -seconds 30 <service>
//	services -listen 127.0.0.1:8090 backend
//	services -target http://127.0.0.1:8081 -seconds 30 load <plan>
//
// What is wrong with a service is said here and in EXPECT.md files, and nowhere in its own code: names and comments of
// the packages are those of code whose author believed in it.
//
//	orders    a timed-out reservation leaves its sender behind      bookings  its channel has room for the reply
//	feeds     a follower does not see that its request is over      boards    it does
//	transcripts a session's channel is not closed when it ends; minutes closes it
//	sessions  a refresh loop outlives its session                   leases    it ends with it
//	audit     the only consumer returns on its first error          journal   it goes on
//	rates     a body is not closed when the status is an error      quotes    it is
//	transfers two locks in the order of the arguments               payouts   in the order of their ids
//	catalog   a read lock inside a read lock                        menu      one read lock
//	profiles  a lock held while the backend is asked                accounts  a lock held for the map only
//	thumbs    a cache that only grows                               previews  one that evicts
//	ingest    one consumer, slower than its producers               intake    enough of them
//	checkout  a deadline, by flag; tariffs is whom it calls, healthy
//	invoices  a map that is not made for a new region       reports   a batch of many goroutines, healthy
//	mailer    an idle pool of workers, healthy                      search    busy, healthy
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"syscall"
	"time"

	"gorca.dev/go/zoo/services/accounts"
	"gorca.dev/go/zoo/services/audit"
	"gorca.dev/go/zoo/services/backend"
	"gorca.dev/go/zoo/services/boards"
	"gorca.dev/go/zoo/services/bookings"
	"gorca.dev/go/zoo/services/catalog"
	"gorca.dev/go/zoo/services/checkout"
	"gorca.dev/go/zoo/services/feeds"
	"gorca.dev/go/zoo/services/ingest"
	"gorca.dev/go/zoo/services/intake"
	"gorca.dev/go/zoo/services/invoices"
	"gorca.dev/go/zoo/services/journal"
	"gorca.dev/go/zoo/services/leases"
	"gorca.dev/go/zoo/services/load"
	"gorca.dev/go/zoo/services/mailer"
	"gorca.dev/go/zoo/services/menu"
	"gorca.dev/go/zoo/services/minutes"
	"gorca.dev/go/zoo/services/orders"
	"gorca.dev/go/zoo/services/payouts"
	"gorca.dev/go/zoo/services/previews"
	"gorca.dev/go/zoo/services/profiles"
	"gorca.dev/go/zoo/services/quotes"
	"gorca.dev/go/zoo/services/rates"
	"gorca.dev/go/zoo/services/remote"
	"gorca.dev/go/zoo/services/reports"
	"gorca.dev/go/zoo/services/search"
	"gorca.dev/go/zoo/services/service"
	"gorca.dev/go/zoo/services/sessions"
	"gorca.dev/go/zoo/services/tariffs"
	"gorca.dev/go/zoo/services/thumbs"
	"gorca.dev/go/zoo/services/transcripts"
	"gorca.dev/go/zoo/services/transfers"
)

// deadline is what checkout and orders are started with; the others take no setting.
var deadline = flag.Duration("deadline", 120*time.Millisecond, "how long checkout, orders and bookings wait for what they call")

// program is one service: what it logs with, unless -log says otherwise, and how its routes are made.
type program struct {
	log    string
	routes func(ctx context.Context, log *slog.Logger, upstream *remote.Client, mux *http.ServeMux)
}

var programs = map[string]program{
	"accounts": {"zap-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		accounts.New(log, up).Routes(mux)
	}},
	"audit": {"slog-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		audit.New(log, up).Routes(mux)
	}},
	"backend": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		backend.New(log).Routes(mux)
	}},
	"boards": {"zap-console", func(ctx context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		boards.New(ctx, log).Routes(mux)
	}},
	"bookings": {"slog-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		bookings.New(log, up, *deadline).Routes(mux)
	}},
	"catalog": {"klog", func(ctx context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		catalog.New(ctx, log).Routes(mux)
	}},
	"checkout": {"zap-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		checkout.New(log, up, *deadline).Routes(mux)
	}},
	"feeds": {"zap-console", func(ctx context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		feeds.New(ctx, log).Routes(mux)
	}},
	"ingest": {"logfmt", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		ingest.New(log, up).Routes(mux)
	}},
	"intake": {"logfmt", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		intake.New(log, up).Routes(mux)
	}},
	"invoices": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		invoices.New(log).Routes(mux)
	}},
	"journal": {"slog-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		journal.New(log, up).Routes(mux)
	}},
	"leases": {"std", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		leases.New(log).Routes(mux)
	}},
	"mailer": {"std", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		mailer.New(log, up).Routes(mux)
	}},
	"menu": {"klog", func(ctx context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		menu.New(ctx, log).Routes(mux)
	}},
	"minutes": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		minutes.New(log).Routes(mux)
	}},
	"orders": {"slog-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		orders.New(log, up, *deadline).Routes(mux)
	}},
	"payouts": {"logfmt", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		payouts.New(log).Routes(mux)
	}},
	"previews": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		previews.New(log).Routes(mux)
	}},
	"profiles": {"zap-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		profiles.New(log, up).Routes(mux)
	}},
	"quotes": {"klog", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		quotes.New(log, up).Routes(mux)
	}},
	"rates": {"klog", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		rates.New(log, up).Routes(mux)
	}},
	"reports": {"slog-json", func(_ context.Context, log *slog.Logger, up *remote.Client, mux *http.ServeMux) {
		reports.New(log, up).Routes(mux)
	}},
	"search": {"zap-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		search.New(log).Routes(mux)
	}},
	"sessions": {"std", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		sessions.New(log).Routes(mux)
	}},
	"tariffs": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		tariffs.New(log).Routes(mux)
	}},
	"thumbs": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		thumbs.New(log).Routes(mux)
	}},
	"transcripts": {"slog-json", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		transcripts.New(log).Routes(mux)
	}},
	"transfers": {"logfmt", func(_ context.Context, log *slog.Logger, _ *remote.Client, mux *http.ServeMux) {
		transfers.New(log).Routes(mux)
	}},
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to serve on")
	upstream := flag.String("upstream", "", "base URL of the service that is called")
	format := flag.String("log", "", "slog-json, logfmt, zap-json, zap-console, klog or std")
	seconds := flag.Int("seconds", 0, "end after so many seconds; 0 is never")
	target := flag.String("target", "", "with load: base URL of the service under load")
	rate := flag.Float64("rate", 0, "with load: requests a second, instead of the plan's own")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if *seconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*seconds)*time.Second)
		defer cancel()
	}
	name := flag.Arg(0)
	if name == "load" {
		if err := load.Run(ctx, *target, flag.Arg(1), *rate); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		return
	}
	chosen, known := programs[name]
	if !known {
		names := make([]string, 0, len(programs))
		for name := range programs {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: services [flags] load <plan> | one of %v\n", names)
		os.Exit(2)
	}
	if *format == "" {
		*format = chosen.log
	}
	logger, err := service.Logger(*format)
	if err != nil {
		fmt.Fprintln(os.Stderr, "services:", err)
		os.Exit(2)
	}
	logger = logger.With("service", name)
	mux := http.NewServeMux()
	app := service.New(logger, mux)
	chosen.routes(ctx, logger, remote.New(*upstream, app.Registry), mux)
	if err := app.Serve(ctx, *listen); err != nil && !errors.Is(err, http.ErrServerClosed) {
		logger.Error("cannot serve", "err", err)
		os.Exit(1)
	}
}
