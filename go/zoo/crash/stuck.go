package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"gorca.dev/go/zoo/crash/desk"
)

// scene lets do happen, waits until it is stuck, and writes all goroutines in both text forms.
func scene(do func(d *desk.Desk)) func() {
	return func() {
		do(desk.New())
		time.Sleep(100 * time.Millisecond)
		goroutines := pprof.Lookup("goroutine")
		goroutines.WriteTo(os.Stdout, 2)
		fmt.Fprintln(os.Stdout)
		goroutines.WriteTo(os.Stderr, 1)
	}
}

func init() {
	failures["stuck-order-and-refill"] = scene(func(d *desk.Desk) {
		go d.Order("oak")
		go d.Refill("oak")
		time.Sleep(50 * time.Millisecond)
		go d.Order("elm") // and whoever comes later
	})
	failures["stuck-find-and-enter"] = scene(func(d *desk.Desk) {
		go d.Find("oak")
		time.Sleep(2 * time.Millisecond)
		go d.Enter("elm")
		time.Sleep(50 * time.Millisecond)
		go d.Find("elm")
	})
	failures["stuck-prices"] = scene(func(d *desk.Desk) {
		for i := 0; i < 30; i++ {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			d.Price(ctx, "oak")
			cancel()
		}
	})
	failures["stuck-not"] = scene(func(d *desk.Desk) {
		for i := 0; i < 30; i++ {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			d.Price(ctx, "oak")
			cancel()
		}
	})
}
