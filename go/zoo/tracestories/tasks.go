package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/trace"
	"sync"
	"time"
)

// Order is handled by three goroutines in turn.
type Order struct {
	ctx   context.Context
	price string
	done  chan bool
}

// order: the path of every task is 5 ms of Accept, 20 ms of waiting for the server in Price, 10 ms of Pack, and 8 ms of sleep in Ship. What
// the bystander does is on no path.
func order() func() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond)
		fmt.Fprint(w, "12.50")
	}))
	return func() {
		prices, packs := make(chan *Order), make(chan *Order)
		go Price(server.URL, prices, packs)
		go Pack(packs)
		go bystander()
		for range 3 {
			ctx, task := trace.NewTask(context.Background(), "order")
			o := &Order{ctx: ctx, done: make(chan bool)}
			trace.WithRegion(ctx, "accept", Accept)
			prices <- o
			<-o.done
			trace.WithRegion(ctx, "ship", Ship)
			task.End()
			time.Sleep(2 * time.Millisecond)
		}
		close(prices)
	}
}

// Accept computes 5 ms.
func Accept() { compute(5 * time.Millisecond) }

// Ship sleeps 8 ms.
func Ship() { time.Sleep(8 * time.Millisecond) }

// Price asks the server, 20 ms.
func Price(url string, in, out chan *Order) {
	for o := range in {
		region := trace.StartRegion(o.ctx, "price")
		answer, err := http.Get(url)
		check(err)
		body, err := io.ReadAll(answer.Body)
		check(err)
		answer.Body.Close()
		o.price = string(body)
		trace.Logf(o.ctx, "price", "%s", o.price)
		region.End()
		out <- o
	}
	close(out)
}

// Pack computes 10 ms.
func Pack(in chan *Order) {
	for o := range in {
		region := trace.StartRegion(o.ctx, "pack")
		compute(10 * time.Millisecond)
		region.End()
		close(o.done)
	}
}

func bystander() {
	for range 40 {
		time.Sleep(3 * time.Millisecond)
		compute(100 * time.Microsecond)
	}
}

// quote: a task that waits 25 ms for a server, and computes 2 ms.
func quote() func() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(25 * time.Millisecond)
		fmt.Fprint(w, "12.50")
	}))
	return func() {
		for range 3 {
			ctx, task := trace.NewTask(context.Background(), "quote")
			trace.WithRegion(ctx, "ask", func() { ask(server.URL) })
			compute(2 * time.Millisecond)
			task.End()
		}
	}
}

func ask(url string) {
	answer, err := http.Get(url)
	check(err)
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
}

func generations() func() {
	return func() {
		ctx, whole := trace.NewTask(context.Background(), "batch")
		defer whole.End()
		var wg sync.WaitGroup
		for w := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 12 {
					ctx, task := trace.NewTask(ctx, fmt.Sprintf("job-%d", w))
					trace.WithRegion(ctx, "prepare", func() { compute(time.Millisecond) })
					trace.Log(ctx, "step", fmt.Sprint(i))
					trace.WithRegion(ctx, "wait", func() { time.Sleep(220 * time.Millisecond) })
					task.End()
				}
			}()
		}
		wg.Wait()
	}
}

func manyGenerations() func() {
	book := &Accounts{balances: map[string]int{}}
	l := rates()
	var clients []*rateClient
	for range 4 {
		clients = append(clients, dialRates(l))
	}
	return func() {
		var wg sync.WaitGroup
		end := time.Now().Add(7 * time.Second)
		for i, c := range clients {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var kept [][]byte
				for time.Now().Before(end) {
					ctx, task := trace.NewTask(context.Background(), "posting")
					trace.WithRegion(ctx, "post", func() { book.PostAtRate(c, fmt.Sprint(i)) })
					kept = append(kept[max(0, len(kept)-4):], make([]byte, 512<<10))
					task.End()
					time.Sleep(100 * time.Millisecond)
				}
			}()
		}
		wg.Wait()
	}
}

func healthy() func() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		compute(200 * time.Microsecond)
		fmt.Fprint(w, "ok")
	}))
	return func() {
		var wg sync.WaitGroup
		for range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				client := &http.Client{Transport: &http.Transport{}}
				for range 40 {
					answer, err := client.Get(server.URL)
					check(err)
					io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
					time.Sleep(2 * time.Millisecond)
				}
			}()
		}
		wg.Wait()
	}
}
