// Command profiles does a little of everything a Go profile can show and writes each profile twice:
// as net/http/pprof serves it (gzip, protocol buffer) and as text (debug=1). The readers' testdata comes from it.
//
// It keeps to what Go 1.19 knows, so that each Go can build it.
//
//	go run ./zoo/profiles -out DIR
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	_ "net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"time"
)

// sessions only grows: the heap profile shows it.
var sessions = map[int][]byte{}

// cache is filled first and dropped later, so that a delta profile holds negative values.
var cache [][]byte

func main() {
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if *out == "" {
		log.Fatal("-out is required")
	}
	runtime.MemProfileRate = 4096
	runtime.SetBlockProfileRate(1000)
	runtime.SetMutexProfileFraction(1)

	server := httptest.NewServer(http.DefaultServeMux)
	defer server.Close()

	release := make(chan struct{})
	for tenant := 0; tenant < 3; tenant++ {
		labels := pprof.Labels("tenant", fmt.Sprintf("t-%d", tenant), "job", `im"port`)
		pprof.Do(context.Background(), labels, func(context.Context) {
			for i := 0; i < 2+tenant; i++ {
				go waitForRelease(release)
			}
		})
	}
	fillCache()
	contend()
	grow(2000)

	for _, name := range []string{"heap", "goroutine", "block", "mutex", "threadcreate", "allocs"} {
		write(*out, name+".pb.gz", get(server.URL+"/debug/pprof/"+name))
		write(*out, name+".debug1.txt", get(server.URL+"/debug/pprof/"+name+"?debug=1"))
	}

	done := make(chan struct{})
	go func() {
		time.Sleep(300 * time.Millisecond)
		dropCache()
		grow(3000)
		runtime.GC()
		runtime.GC()
		close(done)
	}()
	write(*out, "heap-delta.pb.gz", get(server.URL+"/debug/pprof/heap?seconds=1"))
	<-done

	stop := make(chan struct{})
	for tenant := 0; tenant < 2; tenant++ {
		labels := pprof.Labels("tenant", fmt.Sprintf("t-%d", tenant))
		go pprof.Do(context.Background(), labels, func(context.Context) { hash(stop) })
	}
	write(*out, "cpu.pb.gz", get(server.URL+"/debug/pprof/profile?seconds=1"))
	close(stop)
	close(release)
	runtime.KeepAlive(cache)
}

func waitForRelease(release chan struct{}) { <-release }

func fillCache() {
	for i := 0; i < 400; i++ {
		cache = append(cache, make([]byte, 8<<10))
	}
}

func dropCache() { cache = nil }

func grow(n int) {
	at := len(sessions)
	for i := 0; i < n; i++ {
		sessions[at+i] = newSession(i)
	}
}

//go:noinline
func newSession(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 512+i%512) }

func contend() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 20; i++ {
				mu.Lock()
				time.Sleep(100 * time.Microsecond)
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

func hash(stop chan struct{}) {
	block := []byte(strings.Repeat("gorca", 4096))
	for {
		select {
		case <-stop:
			return
		default:
		}
		sum := sha256.Sum256(block)
		copy(block, sum[:])
		if int(sum[0])%7 == 0 {
			sortWords(block)
		}
	}
}

func sortWords(block []byte) {
	words := strings.Fields(string(block[:4096]))
	sort.Strings(words)
}

func get(url string) []byte {
	response, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s: %s", url, response.Status, body)
	}
	return body
}

func write(folder, name string, body []byte) {
	if strings.HasSuffix(name, ".gz") {
		if _, err := gzip.NewReader(bytes.NewReader(body)); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, name), body, 0o644); err != nil {
		log.Fatal(err)
	}
}
