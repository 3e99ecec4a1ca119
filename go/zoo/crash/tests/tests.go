// Package tests holds tests that fail on purpose, for what only a test binary writes. They run when asked by name:
//
//	ZOO_CRASH=1 go test -trimpath -run '^TestAllBlocked$' ./zoo/crash/tests
package tests

import "sync"

// Tally counts, and forgot its lock.
type Tally struct{ n int }

// Add counts one more.
//
//go:noinline
func (t *Tally) Add() { t.n++ }

// AddTogether adds from two goroutines.
func (t *Tally) AddTogether() {
	var all sync.WaitGroup
	for i := 0; i < 2; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			t.Add()
		}()
	}
	all.Wait()
}
