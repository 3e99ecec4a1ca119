// Command traces runs while it is traced, and writes the execution trace: every kind of event the runtime has, over several generations.
//
//	traces -out trace.out [-seconds 2.5] [-only busy] [-flight]
//
// It keeps to one machine: what it calls over the network is itself, on loopback.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/ioutil" // the program is built with Go 1.11, too
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"
)

var (
	out       = flag.String("out", "trace.out", "where the trace goes")
	seconds   = flag.Float64("seconds", 2.5, "how long")
	megabytes = flag.Int64("megabytes", 0, "until the trace has so many, whatever the time")
	only      = flag.String("only", "all", "all, load (what a busy service does), busy (nothing but events), quiet")
	restless  = flag.Bool("restless", false, "all of it without pauses")
	flight    = flag.Bool("flight", false, "through a flight recorder, of which the last second is kept")
	profile   = flag.Bool("profile", false, "with a CPU profile going on, whose samples the trace then holds")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	file, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	if *only == "all" {
		// goes on when tracing begins
		for i := 0; i < 500; i++ {
			kept = append(kept, make([]byte, 4<<10))
		}
		go runtime.GC()
		time.Sleep(300 * time.Microsecond)
	}
	region := trace.StartRegion(context.Background(), "before the trace")
	stop := start(file)
	region.End()
	if *profile {
		if err := pprof.StartCPUProfile(ioutil.Discard); err != nil {
			log.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(*seconds*float64(time.Second)))
	defer cancel()
	if *megabytes > 0 {
		var stopAt context.CancelFunc
		ctx, stopAt = context.WithCancel(context.Background())
		go func() {
			for range time.Tick(20 * time.Millisecond) {
				if about, err := file.Stat(); err != nil || about.Size() > *megabytes*1e6 {
					stopAt()
				}
			}
		}()
	}
	var all sync.WaitGroup
	run := func(names ...string) {
		for _, name := range names {
			all.Add(1)
			go func(name string) { defer all.Done(); stories[name](ctx) }(name)
		}
	}
	switch *only {
	case "all":
		run("serves", "collects", "annotates", "churns", "grows", "sleeps", "waits", "stops the world", "reads", "switches")
	case "load":
		for i := 0; i < 2; i++ {
			run("serves", "annotates", "churns", "passes on", "waits", "reads")
		}
		run("collects", "grows")
	case "busy":
		for i := 0; i < 4; i++ {
			run("passes on", "churns", "locks")
		}
	case "quiet":
		run("sleeps")
	}
	all.Wait()
	if *profile {
		pprof.StopCPUProfile()
	}
	stop()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}

var start = func(file *os.File) func() {
	if *flight {
		return startFlight(file)
	}
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	return trace.Stop
}

var stories = map[string]func(context.Context){
	"serves": serves, "collects": collects, "annotates": annotates, "churns": churns, "grows": growsStacks, "sleeps": sleeps,
	"waits": waits, "stops the world": stopsTheWorld, "reads": readsPipe, "switches": switches, "passes on": passesOn, "locks": locks,
}

func pause(ctx context.Context, d time.Duration) bool {
	if *restless {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// serves answers its own requests.
func serves(ctx context.Context) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer trace.StartRegion(r.Context(), "answer").End()
		time.Sleep(time.Millisecond)
		_ = json.NewEncoder(w).Encode(map[string]string{"path": r.URL.Path})
	}))
	defer server.Close()
	for i := 0; pause(ctx, 20*time.Millisecond); i++ {
		answer, err := http.Get(fmt.Sprintf("%s/%d", server.URL, i))
		if err != nil {
			return
		}
		_, _ = io.Copy(ioutil.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}

var kept = make([][]byte, 200, 8000)

// collects allocates faster than the collector marks, so that it has to help.
func collects(ctx context.Context) {
	for i := 0; pause(ctx, 40*time.Millisecond); i++ {
		for j := 0; j < 40; j++ {
			kept[(i*40+j)%200] = make([]byte, 64<<10)
		}
	}
}

// annotates opens tasks, some of which end in a later generation or never.
func annotates(ctx context.Context) {
	long, endLong := trace.NewTask(ctx, "long task")
	for i := 0; pause(ctx, 30*time.Millisecond); i++ {
		child, task := trace.NewTask(long, "step")
		trace.Log(child, "number", fmt.Sprint("step ", i))
		trace.WithRegion(child, "outer", func() {
			trace.WithRegion(child, "inner", func() { runtime.Gosched() })
		})
		trace.Logf(child, "", "no category, ümlaut %d", i)
		if i%3 != 0 {
			task.End()
		}
	}
	endLong.End()
	endLong.End()
}

func churns(ctx context.Context) {
	for pause(ctx, 100*time.Millisecond) {
		var some sync.WaitGroup
		for i := 0; i < 20; i++ {
			some.Add(1)
			go func() { defer some.Done(); runtime.Gosched() }()
		}
		some.Wait()
	}
}

func deep(n int) int {
	var room [256]byte
	room[n%256] = byte(n)
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1) + int(room[n%256])
}

func growsStacks(ctx context.Context) {
	for pause(ctx, 50*time.Millisecond) {
		done := make(chan int)
		go func() { done <- deep(2000) }()
		<-done
	}
}

func sleeps(ctx context.Context) {
	tick := time.NewTicker(7 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
	}
}

// waits on everything one can wait on.
func waits(ctx context.Context) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	unbuffered, buffered := make(chan int), make(chan int, 4)
	go func() {
		for v := range unbuffered {
			buffered <- v
			mu.Lock()
			cond.Broadcast()
			mu.Unlock()
		}
		close(buffered)
	}()
	go func() {
		for range buffered {
			runtime.Gosched()
		}
	}()
	go func() { select {} }()
	go func() { var never chan int; <-never }()
	for i := 0; pause(ctx, 50*time.Millisecond); i++ {
		mu.Lock()
		select {
		case unbuffered <- i:
		default:
		}
		waiting := make(chan struct{})
		go func() { mu.Lock(); close(waiting); cond.Wait(); mu.Unlock() }()
		mu.Unlock()
		<-waiting
		unbuffered <- i
		mu.Lock()
		cond.Broadcast()
		mu.Unlock()
	}
	close(unbuffered)
}

func stopsTheWorld(ctx context.Context) {
	var stats runtime.MemStats
	n := runtime.GOMAXPROCS(0)
	for i := 0; pause(ctx, 120*time.Millisecond); i++ {
		runtime.ReadMemStats(&stats)
		runtime.GOMAXPROCS(n + i%3)
		_ = pprof.Lookup("goroutine").WriteTo(ioutil.Discard, 2)
	}
	runtime.GOMAXPROCS(n)
}

// readsPipe sits in system calls that block: the other end is in no hurry.
func readsPipe(ctx context.Context) {
	for pause(ctx, 40*time.Millisecond) {
		r, w, err := os.Pipe()
		if err != nil {
			return
		}
		_ = r.Fd() // makes it blocking: the thread waits, not the poller
		go func() {
			time.Sleep(25 * time.Millisecond)
			_, _ = w.Write([]byte("x"))
			_ = w.Close()
		}()
		_, _ = r.Read(make([]byte, 1))
		_ = r.Close()
		text, _ := ioutil.ReadFile("/proc/self/status")
		_ = bytes.Count(text, []byte("\n"))
	}
}

func passesOn(ctx context.Context) {
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v
		}
	}()
	for ctx.Err() == nil {
		there <- 1
		<-back
	}
	close(there)
}

func locks(ctx context.Context) {
	var mu sync.Mutex
	var some sync.WaitGroup
	for i := 0; i < 3; i++ {
		some.Add(1)
		go func() {
			defer some.Done()
			for ctx.Err() == nil {
				mu.Lock()
				runtime.Gosched()
				mu.Unlock()
			}
		}()
	}
	some.Wait()
}
