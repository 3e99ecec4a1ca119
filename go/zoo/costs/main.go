// Command costs spends processor time on one thing after another, each under a label that says on what, and writes the CPU profile:
// what the stacks are taken for is held against what the program did. It keeps to what Go 1.19 knows, so that each Go can build it.
//
//	go run ./zoo/costs -out cpu.pb.gz
//	go run ./zoo/costs -out well.pb.gz -requests 3000                 answers requests instead,
//	go run ./zoo/costs -out ill.pb.gz -requests 3000 -compile-each    and the same with an expression compiled for each of them
package main

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"time"
)

type node struct {
	next    *node
	payload [6]*node
}

var (
	sink    []byte
	nodes   *node
	total   int
	counter float64
)

func main() {
	out := flag.String("out", "", "file to write")
	each := flag.Duration("each", 300*time.Millisecond, "time for each")
	requests := flag.Int("requests", 0, "answer so many requests instead")
	compileEach := flag.Bool("compile-each", false, "compile the expression for each request")
	flag.Parse()
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	if *requests > 0 {
		serve(*requests, *compileEach)
	} else {
		spendOnEach(*each)
	}
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	runtime.KeepAlive(nodes)
	fmt.Println(*out, runtime.Version(), len(sink), total, counter > 0)
}

func spendOnEach(each time.Duration) {
	for _, c := range []struct {
		cost string
		do   func(until time.Time)
	}{
		{"user", compute}, {"allocation", allocate}, {"copy", copyBuffers}, {"map", storeInMap}, {"channel", pingPong}, {"lock", contend},
		{"network", chatter}, {"syscall", writeSmall}, {"regexp", match}, {"encoding", encode}, {"fmt", format}, {"reflection", compare},
		{"crypto", hash}, {"compression", squeeze}, {"stack-growth", recurse}, {"panic", panicAndRecover}, {"timers", setTimers}, {"clock", readClock},
		{"library", sortWords}, {"scheduler", spawn}, {"gc-assist", churn},
	} {
		do := c.do
		pprof.Do(context.Background(), pprof.Labels("cost", c.cost), func(context.Context) { do(time.Now().Add(each)) })
	}
}

// left reads the clock seldom, so that what is measured is not the clock.
func left(until time.Time, i int) bool { return i&0x3ff != 0 || time.Now().Before(until) }

//go:noinline
func compute(until time.Time) {
	for i := 0; left(until, i); i++ {
		for k := 1; k < 200; k++ {
			counter += 1 / float64(k*k+i)
		}
	}
}

//go:noinline
func allocate(until time.Time) {
	for i := 0; left(until, i); i++ {
		sink = make([]byte, 32+i&255)
	}
}

//go:noinline
func copyBuffers(until time.Time) {
	from, to := make([]byte, 1<<16), make([]byte, 1<<16)
	for i := 0; left(until, i); i++ {
		copy(to, from)
	}
}

//go:noinline
func storeInMap(until time.Time) {
	m := map[int]int{}
	for i := 0; left(until, i); i++ {
		m[i*7919&0xffff]++
	}
	total += len(m)
}

//go:noinline
func pingPong(until time.Time) {
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v
		}
		close(back)
	}()
	for i := 0; left(until, i); i++ {
		there <- i
		total += <-back
	}
	close(there)
}

//go:noinline
func contend(until time.Time) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; left(until, i); i++ {
				mu.Lock()
				total++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

//go:noinline
func chatter(until time.Time) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		b := make([]byte, 64)
		for {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			if _, err := c.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 16)
	for time.Now().Before(until) {
		if _, err := c.Write(b); err != nil {
			log.Fatal(err)
		}
		if _, err := c.Read(b); err != nil {
			log.Fatal(err)
		}
	}
}

//go:noinline
func writeSmall(until time.Time) {
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	b := []byte("x")
	for i := 0; left(until, i); i++ {
		if _, err := f.Write(b); err != nil {
			log.Fatal(err)
		}
	}
}

//go:noinline
func match(until time.Time) {
	re := regexp.MustCompile(`^(\w+)@(\w+\.)+\w+$`)
	for i := 0; left(until, i); i++ {
		if re.MatchString("somebody.of.some.length@mail.example.org") {
			total++
		}
	}
}

//go:noinline
func encode(until time.Time) {
	var v struct {
		Name  string
		Items []int
	}
	doc := []byte(`{"Name":"order","Items":[1,2,3,4,5,6,7,8,9,10,11,12]}`)
	for time.Now().Before(until) {
		if err := json.Unmarshal(doc, &v); err != nil {
			log.Fatal(err)
		}
	}
}

//go:noinline
func format(until time.Time) {
	var b bytes.Buffer
	for i := 0; left(until, i); i++ {
		b.Reset()
		fmt.Fprintf(&b, "%08d %-20s %v", 4711, "order", 3.5)
	}
}

//go:noinline
func compare(until time.Time) {
	a, b := make([]node, 100), make([]node, 100)
	for time.Now().Before(until) {
		if reflect.DeepEqual(a, b) {
			total++
		}
	}
}

//go:noinline
func hash(until time.Time) {
	block := make([]byte, 4096)
	for i := 0; left(until, i); i++ {
		sum := sha256.Sum256(block)
		copy(block, sum[:])
	}
}

//go:noinline
func squeeze(until time.Time) {
	w, err := flate.NewWriter(&bytes.Buffer{}, flate.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	block := []byte(strings.Repeat("an order of nothing in particular ", 400))
	for time.Now().Before(until) {
		var b bytes.Buffer
		w.Reset(&b)
		if _, err := w.Write(block); err != nil {
			log.Fatal(err)
		}
		w.Close()
	}
}

//go:noinline
func deep(n int) int {
	var frame [256]byte
	frame[n&255] = byte(n)
	if n == 0 {
		return int(frame[0])
	}
	return deep(n-1) + int(frame[n&255])
}

//go:noinline
func recurse(until time.Time) {
	for time.Now().Before(until) {
		done := make(chan int)
		go func() { done <- deep(500) }()
		total += <-done
	}
}

//go:noinline
func panicAndRecover(until time.Time) {
	for i := 0; left(until, i); i++ {
		func() {
			defer func() { _ = recover() }()
			panic("again")
		}()
	}
}

//go:noinline
func setTimers(until time.Time) {
	timers := make([]*time.Timer, 1000)
	for i := range timers {
		timers[i] = time.NewTimer(time.Hour)
	}
	for i := 0; left(until, i); i++ {
		timers[i%1000].Reset(time.Hour - time.Duration(i*7919%1000)*time.Second)
	}
	for _, t := range timers {
		t.Stop()
	}
}

//go:noinline
func readClock(until time.Time) {
	for time.Now().Before(until) {
	}
}

//go:noinline
func sortWords(until time.Time) {
	words := strings.Fields(strings.Repeat("pear apple quince fig medlar plum ", 50))
	for time.Now().Before(until) {
		sort.Strings(words)
		sort.Sort(sort.Reverse(sort.StringSlice(words)))
	}
}

//go:noinline
func spawn(until time.Time) {
	for i := 0; left(until, i); i++ {
		go nothing()
		runtime.Gosched()
	}
}

//go:noinline
func nothing() {}

// churn allocates fast beside much that is live: the background workers cannot keep up, and whoever allocates has to help.
//
//go:noinline
func churn(until time.Time) {
	for i := 0; i < 400_000; i++ {
		nodes = &node{next: nodes}
	}
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var mine *node
			for i := 0; left(until.Add(300*time.Millisecond), i); i++ {
				mine = &node{next: mine}
				if i%1000 == 0 {
					mine = nil
				}
			}
			runtime.KeepAlive(mine)
		}()
	}
	wg.Wait()
}
