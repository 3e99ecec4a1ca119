// Starts one goroutine from every place that gets a name of its own, and prints their stacks.
package main

import (
	"os"
	"runtime/pprof"
	"time"
)

type T struct{}

func hold() { time.Sleep(time.Hour) }

//go:noinline
func (t *T) run(n int) { hold() }

//go:noinline
func (t T) val(n int) { hold() }

//go:noinline
func plain(n int) { hold() }

func gen[X any](x X) { func() { go func() { hold() }() }() }

type G[X any] struct{}

//go:noinline
func (g *G[X]) run() { go func() { hold() }() }

var g = func() { go func() { hold() }() }
var g2 = func() { go func() { hold() }() }

//go:noinline
func (t *T) M() {
	go func() {
		go func() { hold() }()
		go plain(3)
		defer func() { hold() }()
	}()
	go t.run(2)
	go T{}.val(2)
	go plain(3)
	f := t.run
	go f(2)
	for i := range 2 {
		go func() { hold() }()
		_ = i
	}
	for range seq {
		go func() { hold() }()
	}
	defer t.run(1)
	inl()
	go func(a int) { hold() }(3)
}
func seq(y func(int) bool) { y(1) }
func inl()                 { go func() { hold() }() }
func init()                { go func() { hold() }() }
func init()                { go func() { hold() }() }

func main() {
	g()
	g2()
	gen(3)
	(&G[int]{}).run()
	go (&T{}).M()
	time.Sleep(200 * time.Millisecond)
	pprof.Lookup("goroutine").WriteTo(os.Stdout, 2)
}
