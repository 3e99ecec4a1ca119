// Command heaps keeps memory in use in one of several ways and writes four heap profiles of it, a second apart.
//
//	go run ./zoo/heaps -how grows|warms|churns|waits -out DIR
//
// grows: a map that only ever grows. warms: a cache that fills once and is full then. churns: much is allocated, little stays.
// waits: goroutines that wait for ever keep what they have read.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

const profiles = 4

func main() {
	how := flag.String("how", "grows", "what happens between two profiles")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	step, ok := map[string]func(int){"grows": grow, "warms": warm, "churns": churn, "waits": wait}[*how]
	if !ok {
		log.Fatalf("-how %s: no such thing", *how)
	}
	for i := range profiles {
		// a profile shows what was alive at the last completed collection
		runtime.GC()
		runtime.GC()
		if err := write(filepath.Join(*out, fmt.Sprintf("%s-%d.pb.gz", *how, i+1))); err != nil {
			log.Fatal(err)
		}
		step(i)
		time.Sleep(time.Second)
	}
	fmt.Println(len(seen), len(cache), len(ring))
}

func write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.Lookup("heap").WriteTo(f, 0)
}

var seen = map[string][]string{}

func grow(int) {
	for range 20_000 {
		remember(fmt.Sprintf("customer-%d", len(seen)))
	}
}

func remember(customer string) {
	seen[customer] = strings.Split(strings.Repeat("visit,", 32), ",")
}

var cache = map[int][]byte{}

func warm(i int) {
	for key := range 4_000 {
		if _, ok := cache[key]; !ok {
			cache[key] = load(key)
		}
	}
}

// Not inlined: a body that does not escape would lie on the goroutine's stack, where no heap profile shows it.
//
//go:noinline
func load(key int) []byte {
	body := make([]byte, 8<<10)
	body[0] = byte(key)
	return body
}

var ring [256][]byte

func churn(int) {
	for i := range 20_000 {
		ring[i%len(ring)] = load(i)
	}
}

var never = make(chan struct{})

func wait(int) {
	for range 1_500 {
		go handle()
	}
	time.Sleep(300 * time.Millisecond)
}

func handle() {
	body := read()
	<-never
	runtime.KeepAlive(body)
}

func read() []byte { return load(1) }
