package main

import (
	"sync"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

// feed passes entries to whoever listens.
type feed struct {
	entries chan ledger.Entry
}

//go:noinline
func (f *feed) publish(e ledger.Entry) { f.entries <- e }

//go:noinline
func (f *feed) stop() { close(f.entries) }

func init() {
	failures["send-on-closed"] = func() {
		f := &feed{entries: make(chan ledger.Entry, 1)}
		f.stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			f.publish(ledger.Entry{Account: "cash"})
		}()
		<-done
	}
	failures["send-on-closed-while-waiting"] = func() {
		f := &feed{entries: make(chan ledger.Entry)}
		var producers sync.WaitGroup
		producers.Add(1)
		go func() {
			defer producers.Done()
			f.publish(ledger.Entry{Account: "cash"})
		}()
		time.Sleep(20 * time.Millisecond)
		f.stop()
		producers.Wait()
	}
	failures["close-of-closed"] = func() {
		book := ledger.Open()
		book.Close()
		book.Close()
	}
	failures["close-of-nil"] = func() {
		new(ledger.Book).Close()
	}
	failures["all-goroutines-asleep"] = func() {
		f := &feed{entries: make(chan ledger.Entry)}
		var all sync.WaitGroup
		var mu sync.Mutex
		mu.Lock()
		all.Add(2)
		go func() {
			defer all.Done()
			f.publish(ledger.Entry{Account: "cash"})
		}()
		go func() {
			defer all.Done()
			mu.Lock()
			defer mu.Unlock()
		}()
		all.Wait()
	}
	failures["all-goroutines-asleep-main-only"] = func() {
		f := &feed{entries: make(chan ledger.Entry)}
		for range f.entries {
		}
	}
}
