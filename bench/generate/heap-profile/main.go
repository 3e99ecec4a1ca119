// Command heap-profile writes a large heap profile of its own: many distinct stacks of many functions, as runtime/pprof writes them.
//
//	go run . -stacks 400000 -out heap.pb     (about 50 MB, not compressed)
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
)

const depth = 48

var kept [][]byte

func main() {
	// every allocation is a sample of its own
	runtime.MemProfileRate = 1
	stacks := flag.Int("stacks", 400_000, "how many stacks allocate")
	out := flag.String("out", "heap.pb", "file to write, not compressed")
	flag.Parse()
	random := rand.New(rand.NewSource(1))
	path := make([]byte, depth)
	for range *stacks {
		// neighbours share their outer frames, as requests through the same handlers do
		for i := random.Intn(depth); i < depth; i++ {
			path[i] = byte(random.Intn(8))
		}
		call(path)
	}
	runtime.GC()
	var compressed bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&compressed, 0); err != nil {
		log.Fatal(err)
	}
	reader, err := gzip.NewReader(&compressed)
	if err != nil {
		log.Fatal(err)
	}
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	n, err := io.Copy(f, reader)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d bytes, %d allocations kept\n", *out, n, len(kept))
}

func call(path []byte) {
	if len(path) == 0 {
		kept = append(kept, allocate())
		return
	}
	switch path[0] {
	case 0:
		accept(path[1:])
	case 1:
		route(path[1:])
	case 2:
		authorise(path[1:])
	case 3:
		decode(path[1:])
	case 4:
		query(path[1:])
	case 5:
		merge(path[1:])
	case 6:
		render(path[1:])
	default:
		respond(path[1:])
	}
}

//go:noinline
func allocate() []byte { return make([]byte, 64) }

//go:noinline
func accept(path []byte) { call(path) }

//go:noinline
func route(path []byte) { call(path) }

//go:noinline
func authorise(path []byte) { call(path) }

//go:noinline
func decode(path []byte) { call(path) }

//go:noinline
func query(path []byte) { call(path) }

//go:noinline
func merge(path []byte) { call(path) }

//go:noinline
func render(path []byte) { call(path) }

//go:noinline
func respond(path []byte) { call(path) }
