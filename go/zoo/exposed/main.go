// Command exposed serves /debug/pprof/ as services do, or as they fail to: -mode says how.
// It needs the standard library of Go 1.19 or later only, so that old toolchains build it, too.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	rpprof "runtime/pprof"
	"runtime/trace"
	"strings"
	"time"
)

var (
	listen     = flag.String("listen", "127.0.0.1:0", "address")
	mode       = flag.String("mode", "open", "open, bare (404 everywhere), hanging, huge, redirect, locked (401), everything (a page for every path), wrapped (hides the deadline of the connection), unlisted (no index)")
	prefix     = flag.String("prefix", "", "before /debug/pprof/")
	write      = flag.Duration("write-timeout", 0, "of the server")
	busy       = flag.Bool("busy", false, "a CPU profile and a trace are being taken already")
	goroutines = flag.Int("goroutines", 0, "that wait")
	lasts      = flag.Duration("for", 5*time.Minute, "ends by itself after so long, whoever forgot it")
)

var kept [][]byte

// keep holds what it allocates, so that a heap profile has something to show.
func keep() {
	for i := 0; i < 64; i++ {
		kept = append(kept, make([]byte, 64<<10))
	}
}

func wait(stop <-chan struct{}) { <-stop }

type wrapped struct{ http.ResponseWriter }

func debug() http.Handler {
	mux := http.NewServeMux()
	if *mode != "unlisted" {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
	} else {
		for _, name := range []string{"heap", "goroutine"} {
			mux.Handle("/debug/pprof/"+name, pprof.Handler(name))
		}
	}
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

func handler() http.Handler {
	inner := debug()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, *prefix)
		if !strings.HasPrefix(r.URL.Path, *prefix) {
			http.NotFound(w, r)
			return
		}
		r.URL.Path = path
		switch *mode {
		case "bare":
			http.NotFound(w, r)
		case "everything":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>shop</title>")
		case "hanging":
			if strings.HasSuffix(path, "/pprof/") || strings.HasSuffix(path, "/cmdline") {
				inner.ServeHTTP(w, r)
				return
			}
			<-r.Context().Done()
		case "huge":
			if strings.HasSuffix(path, "/heap") {
				w.Write([]byte{0x1f, 0x8b})
				for junk := make([]byte, 1<<20); ; {
					if _, err := w.Write(junk); err != nil {
						return
					}
				}
			}
			inner.ServeHTTP(w, r)
		case "redirect":
			http.Redirect(w, r, "http://other.invalid"+path, http.StatusFound)
		case "locked":
			if user, word, ok := r.BasicAuth(); !ok || user != "ann" || word != "open" {
				w.Header().Set("WWW-Authenticate", "Basic")
				http.Error(w, "who are you?", http.StatusUnauthorized)
				return
			}
			inner.ServeHTTP(w, r)
		case "wrapped":
			inner.ServeHTTP(wrapped{w}, r)
		default:
			inner.ServeHTTP(w, r)
		}
	})
}

func main() {
	flag.Parse()
	time.AfterFunc(*lasts, func() { os.Exit(0) })
	keep()
	stop := make(chan struct{})
	for i := 0; i < *goroutines; i++ {
		go wait(stop)
	}
	if *busy {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			log.Fatal(err)
		}
		if err := rpprof.StartCPUProfile(null); err != nil {
			log.Fatal(err)
		}
		if err := trace.Start(null); err != nil {
			log.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	server := &http.Server{Handler: handler(), WriteTimeout: *write, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}
