// Command standstills runs one scene of goroutines that wait for what nobody does any more, or that only look like it, and
// writes dumps of all goroutines after the times given.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"time"

	"gorca.dev/go/zoo/standstills/batch"
	"gorca.dev/go/zoo/standstills/bulletin"
	"gorca.dev/go/zoo/standstills/gate"
	"gorca.dev/go/zoo/standstills/harvest"
	"gorca.dev/go/zoo/standstills/hub"
	"gorca.dev/go/zoo/standstills/inbox"
	"gorca.dev/go/zoo/standstills/kitchen"
	"gorca.dev/go/zoo/standstills/opening"
	"gorca.dev/go/zoo/standstills/parcels"
	"gorca.dev/go/zoo/standstills/permits"
	"gorca.dev/go/zoo/standstills/relay"
	"gorca.dev/go/zoo/standstills/roster"
	"gorca.dev/go/zoo/standstills/shelf"
	"gorca.dev/go/zoo/standstills/sums"
	"gorca.dev/go/zoo/standstills/tally"
	"gorca.dev/go/zoo/standstills/tickets"
)

// Healthy scenes are named after the sick one whose code they run.
var scenes = map[string]func(){
	"batch":            batch.Run,
	"bulletin":         bulletin.Run,
	"bulletin.healthy": bulletin.RunHealthy,
	"gate":             gate.Run,
	"harvest":          harvest.Run,
	"harvest.healthy":  harvest.RunHealthy,
	"hub":              hub.Run,
	"hub.healthy":      hub.RunHealthy,
	"inbox":            inbox.Run,
	"kitchen":          kitchen.Run,
	"kitchen.healthy":  kitchen.RunHealthy,
	"opening":          opening.Run,
	"opening.healthy":  opening.RunHealthy,
	"parcels.healthy":  parcels.Run,
	"permits":          permits.Run,
	"permits.healthy":  permits.RunHealthy,
	"relay.healthy":    relay.Run,
	"roster":           roster.Run,
	"roster.healthy":   roster.RunHealthy,
	"shelf":            shelf.Run,
	"shelf.healthy":    shelf.RunHealthy,
	"sums":             sums.Run,
	"sums.healthy":     sums.RunHealthy,
	"tally":            tally.Run,
	"tally.healthy":    tally.RunHealthy,
	"tickets":          tickets.Run,
	"tickets.healthy":  tickets.RunHealthy,
}

func main() {
	if len(os.Args) < 4 || scenes[os.Args[1]] == nil {
		names := make([]string, 0, len(scenes))
		for name := range scenes {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: standstills <scene> <folder> <after>…\nscenes: %v\n", names)
		os.Exit(2)
	}
	began := time.Now()
	go scenes[os.Args[1]]()
	for _, text := range os.Args[3:] {
		after, err := time.ParseDuration(text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		for time.Since(began) < after {
			time.Sleep(min(after-time.Since(began), 10*time.Second))
			// the runtime counts a wait from the first collection that sees it
			runtime.GC()
		}
		if err := dump(filepath.Join(os.Args[2], "goroutine-"+text+".debug2.txt")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func dump(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := pprof.Lookup("goroutine").WriteTo(file, 2); err != nil {
		return err
	}
	return file.Close()
}
