package main

import (
	"sync"

	"gorca.dev/go/zoo/crash/ledger"
)

func init() {
	failures["unlock-of-unlocked"] = func() {
		worker(func() { ledger.Open().Release() })
	}
	failures["unlock-of-unlocked-rwmutex"] = func() {
		var mu sync.RWMutex
		mu.Unlock()
	}
	failures["runlock-of-unlocked-rwmutex"] = func() {
		var mu sync.RWMutex
		mu.RUnlock()
	}
	failures["negative-waitgroup"] = func() {
		var all sync.WaitGroup
		all.Add(1)
		finish(&all)
		finish(&all)
	}
}

//go:noinline
func finish(all *sync.WaitGroup) { all.Done() }
