// Command retain runs one of the services that hold memory or threads longer than they should, or its healthy twin.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"gorca.dev/go/zoo/runtime/atlases"
	"gorca.dev/go/zoo/runtime/blobs"
	"gorca.dev/go/zoo/runtime/bursts"
	"gorca.dev/go/zoo/runtime/captions"
	"gorca.dev/go/zoo/runtime/catalogs"
	"gorca.dev/go/zoo/runtime/extents"
	"gorca.dev/go/zoo/runtime/frames"
	"gorca.dev/go/zoo/runtime/gates"
	"gorca.dev/go/zoo/runtime/handles"
	"gorca.dev/go/zoo/runtime/notes"
	"gorca.dev/go/zoo/runtime/segments"
	"gorca.dev/go/zoo/runtime/shelves"
	"gorca.dev/go/zoo/runtime/slips"
	"gorca.dev/go/zoo/runtime/strolls"
	"gorca.dev/go/zoo/runtime/titles"
	"gorca.dev/go/zoo/runtime/tokens"
	"gorca.dev/go/zoo/runtime/turns"
	"gorca.dev/go/zoo/runtime/walks"
	"gorca.dev/go/zoo/services/service"
)

var services = map[string]func(*http.ServeMux){
	"atlases":  func(mux *http.ServeMux) { atlases.New().Routes(mux) },
	"bursts":   func(mux *http.ServeMux) { bursts.New().Routes(mux) },
	"blobs":    func(mux *http.ServeMux) { blobs.New().Routes(mux) },
	"captions": func(mux *http.ServeMux) { captions.New().Routes(mux) },
	"catalogs": func(mux *http.ServeMux) { catalogs.New().Routes(mux) },
	"extents":  func(mux *http.ServeMux) { extents.New().Routes(mux) },
	"gates":    func(mux *http.ServeMux) { gates.New(os.TempDir()).Routes(mux) },
	"frames":   func(mux *http.ServeMux) { frames.New().Routes(mux) },
	"handles":  func(mux *http.ServeMux) { handles.New().Routes(mux) },
	"notes":    notes.Routes,
	"shelves":  func(mux *http.ServeMux) { shelves.New().Routes(mux) },
	"slips":    slips.Routes,
	"segments": func(mux *http.ServeMux) { segments.New().Routes(mux) },
	"strolls":  func(mux *http.ServeMux) { strolls.New().Routes(mux) },
	"titles":   func(mux *http.ServeMux) { titles.New().Routes(mux) },
	"tokens":   func(mux *http.ServeMux) { tokens.New().Routes(mux) },
	"turns":    func(mux *http.ServeMux) { turns.New(os.TempDir()).Routes(mux) },
	"walks":    func(mux *http.ServeMux) { walks.New().Routes(mux) },
}

func names() string {
	var all []string
	for name := range services {
		all = append(all, name)
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	threads := flag.Int("max-threads", 0, "debug.SetMaxThreads, where it is set")
	seconds := flag.Int("seconds", 120, "end after so long")
	flag.Parse()
	routes, known := services[flag.Arg(0)]
	if !known {
		fmt.Fprintf(os.Stderr, "retain: name one of %s\n", names())
		os.Exit(2)
	}
	if *threads > 0 {
		debug.SetMaxThreads(*threads)
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("service", flag.Arg(0))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*seconds)*time.Second)
	defer cancel()
	mux := http.NewServeMux()
	routes(mux)
	if err := service.New(log, mux).Serve(ctx, *listen); err != nil && err != http.ErrServerClosed {
		log.Error("serve", "error", err)
		os.Exit(1)
	}
}
