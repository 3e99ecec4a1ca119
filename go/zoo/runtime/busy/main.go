// Command busy is a set of small HTTP services that spend the processor, a lock or a channel badly under load, each in its
// own way, and for each of them one of the same shape that is as busy and fine. Recorded by scripts/record-busy.
//
//	busy -listen 127.0.0.1:8081 <service>
//	busy -target http://127.0.0.1:8081 -rate 9 -then 27 -after 14s load <service>
//
// What is wrong with a service is said here and nowhere in its own code: names and comments of the packages are those of
// code whose author believed in it.
//
//	bulletins  a page is built by += in a loop                  gazettes   by a strings.Builder of the right size
//	vault      with GOMEMLIMIT just above what it keeps         vault      with room
//	ledgers    locks of a loop are given back at its end        registers  each in its turn
//	parcels    one consumer of an unbuffered channel            packets    eight
//	exports    three write calls a row                          archives   through a bufio.Writer
//	masks      patterns are compiled for each letter            veils      once
//	menus      an unchanging card is decoded for each request   cards      decodes what the request brings
//	pages      a template is parsed for each article            sheets     once
//	trees      new goroutines that recurse deeply               roots      old ones that do
//	mosaics    with GOMAXPROCS=16 under a quota of one CPU      mosaics    with GOMAXPROCS=1
//	watchers   a select with a default in a loop                observers  without
//	audits     formats for a log level that is off              reviews    leaves it to the logger
//	scanners   a panic for each word that is no number          readers    an error
//	guestbooks a list that grows is searched for each name      albums     a map
//	summaries  busy with a little of everything, healthy
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

	"gorca.dev/go/zoo/runtime/albums"
	"gorca.dev/go/zoo/runtime/archives"
	"gorca.dev/go/zoo/runtime/audits"
	"gorca.dev/go/zoo/runtime/bulletins"
	"gorca.dev/go/zoo/runtime/cards"
	"gorca.dev/go/zoo/runtime/exports"
	"gorca.dev/go/zoo/runtime/gazettes"
	"gorca.dev/go/zoo/runtime/guestbooks"
	"gorca.dev/go/zoo/runtime/ledgers"
	"gorca.dev/go/zoo/runtime/masks"
	"gorca.dev/go/zoo/runtime/menus"
	"gorca.dev/go/zoo/runtime/mosaics"
	"gorca.dev/go/zoo/runtime/observers"
	"gorca.dev/go/zoo/runtime/packets"
	"gorca.dev/go/zoo/runtime/pages"
	"gorca.dev/go/zoo/runtime/parcels"
	"gorca.dev/go/zoo/runtime/readers"
	"gorca.dev/go/zoo/runtime/registers"
	"gorca.dev/go/zoo/runtime/reviews"
	"gorca.dev/go/zoo/runtime/roots"
	"gorca.dev/go/zoo/runtime/scanners"
	"gorca.dev/go/zoo/runtime/serve"
	"gorca.dev/go/zoo/runtime/sheets"
	"gorca.dev/go/zoo/runtime/summaries"
	"gorca.dev/go/zoo/runtime/trees"
	"gorca.dev/go/zoo/runtime/vault"
	"gorca.dev/go/zoo/runtime/veils"
	"gorca.dev/go/zoo/runtime/watchers"
)

type program struct {
	path   string
	routes func(ctx context.Context, log *slog.Logger, mux *http.ServeMux)
}

var (
	keep   = flag.Int("keep", 75_000, "how many deeds vault keeps")
	folder = flag.String("folder", os.TempDir(), "where exports and archives write")
)

var programs = map[string]program{
	"albums":     {"/v1/visits/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { albums.New().Routes(mux) }},
	"archives":   {"/v1/archives/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { archives.New(*folder).Routes(mux) }},
	"audits":     {"/v1/audits/%d", func(_ context.Context, log *slog.Logger, mux *http.ServeMux) { audits.New(log).Routes(mux) }},
	"bulletins":  {"/v1/bulletins/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { bulletins.New().Routes(mux) }},
	"cards":      {"/v1/orders/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { cards.New().Routes(mux) }},
	"exports":    {"/v1/exports/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { exports.New(*folder).Routes(mux) }},
	"gazettes":   {"/v1/gazettes/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { gazettes.New().Routes(mux) }},
	"guestbooks": {"/v1/visits/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { guestbooks.New().Routes(mux) }},
	"ledgers":    {"/v1/ledgers/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { ledgers.New().Routes(mux) }},
	"masks":      {"/v1/masks/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { masks.New().Routes(mux) }},
	"menus":      {"/v1/dishes/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { menus.New().Routes(mux) }},
	"observers":  {"/v1/gauges/%d", func(ctx context.Context, _ *slog.Logger, mux *http.ServeMux) { observers.New(ctx).Routes(mux) }},
	"packets":    {"/v1/packets/%d", func(ctx context.Context, _ *slog.Logger, mux *http.ServeMux) { packets.New(ctx).Routes(mux) }},
	"pages":      {"/v1/pages/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { pages.New().Routes(mux) }},
	"parcels":    {"/v1/parcels/%d", func(ctx context.Context, _ *slog.Logger, mux *http.ServeMux) { parcels.New(ctx).Routes(mux) }},
	"readers":    {"/v1/scans/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { readers.New().Routes(mux) }},
	"registers":  {"/v1/registers/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { registers.New().Routes(mux) }},
	"mosaics":    {"/v1/mosaics/%d", func(ctx context.Context, _ *slog.Logger, mux *http.ServeMux) { mosaics.New(ctx).Routes(mux) }},
	"reviews":    {"/v1/reviews/%d", func(_ context.Context, log *slog.Logger, mux *http.ServeMux) { reviews.New(log).Routes(mux) }},
	"roots":      {"/v1/roots/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { roots.New().Routes(mux) }},
	"scanners":   {"/v1/scans/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { scanners.New().Routes(mux) }},
	"sheets":     {"/v1/sheets/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { sheets.New().Routes(mux) }},
	"summaries":  {"/v1/summaries/%d", func(_ context.Context, log *slog.Logger, mux *http.ServeMux) { summaries.New(log).Routes(mux) }},
	"trees":      {"/v1/trees/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { trees.New().Routes(mux) }},
	"vault":      {"/v1/deeds/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { vault.New(*keep).Routes(mux) }},
	"veils":      {"/v1/veils/%d", func(_ context.Context, _ *slog.Logger, mux *http.ServeMux) { veils.New().Routes(mux) }},
	"watchers":   {"/v1/gauges/%d", func(ctx context.Context, _ *slog.Logger, mux *http.ServeMux) { watchers.New(ctx).Routes(mux) }},
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to serve on")
	target := flag.String("target", "", "with load: base URL of the service under load")
	rate := flag.Float64("rate", 9, "with load: requests a second at first")
	then := flag.Float64("then", 27, "with load: requests a second later")
	after := flag.Duration("after", 14*time.Second, "with load: when later begins")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	name := flag.Arg(0)
	loading := name == "load"
	if loading {
		name = flag.Arg(1)
	}
	chosen, known := programs[name]
	if !known {
		names := make([]string, 0, len(programs))
		for name := range programs {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: busy [flags] [load] one of %v\n", names)
		os.Exit(2)
	}
	if loading {
		users{*target, chosen.path, *rate, *then, *after}.run(ctx)
		return
	}
	logger := slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("service", name)
	mux := http.NewServeMux()
	app := serve.New(logger, mux)
	chosen.routes(ctx, logger, mux)
	if err := app.Serve(ctx, *listen); err != nil && !errors.Is(err, http.ErrServerClosed) {
		logger.Error("cannot serve", "err", err)
		os.Exit(1)
	}
}
