package main

import (
	"fmt"
	"sync"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

var posted int

type counter struct{ hits int }

//go:noinline
func (c *counter) hit() { c.hits++ }

// These are for a build with -race, which reports them; without it they end quietly.
func init() {
	failures["race-field"] = func() {
		c := new(counter)
		var all sync.WaitGroup
		for i := 0; i < 2; i++ {
			all.Add(1)
			go func() {
				defer all.Done()
				c.hit()
			}()
		}
		all.Wait()
		fmt.Println(c.hits)
	}
	failures["race-main-goroutine"] = func() {
		done := make(chan struct{})
		go func() {
			posted++
			close(done)
		}()
		posted = 2
		<-done
		fmt.Println(posted)
	}
	failures["race-map"] = func() {
		book := ledger.Open()
		var all sync.WaitGroup
		all.Add(2)
		go func() { defer all.Done(); book.PostUnlocked(ledger.Entry{Account: "cash", Cents: 1}) }()
		go func() { defer all.Done(); time.Sleep(5 * time.Millisecond); book.BalanceUnlocked("cash") }()
		all.Wait()
	}
	failures["race-slice"] = func() {
		totals := make([]int64, 4)
		go func() { totals[1] = 7 }()
		time.Sleep(5 * time.Millisecond)
		fmt.Println(totals[1])
	}
	failures["race-handler"] = func() {
		hits := map[string]int{}
		serveConcurrently("/v1/hit", func(path string) {
			time.Sleep(10 * time.Millisecond) // so that both are under way
			hits[path]++
		})
	}
	failures["race-halt-on-error"] = failures["race-field"]
}
