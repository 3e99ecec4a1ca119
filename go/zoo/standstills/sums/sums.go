// Package sums locks in a loop and defers to unlock, which happens when the function returns and not when the turn ends.
package sums

import (
	"sync"
	"time"
)

// Ledger holds amounts.
type Ledger struct {
	mu      sync.Mutex
	amounts []int
}

// Sum adds all amounts up.
func (l *Ledger) Sum() int {
	sum := 0
	for i := range l.amounts {
		l.mu.Lock()
		defer l.mu.Unlock()
		sum += l.amounts[i]
	}
	return sum
}

// Add adds an amount, which takes its time.
func (l *Ledger) Add(amount int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	time.Sleep(30 * time.Millisecond)
	if len(l.amounts) == 0 {
		l.amounts = append(l.amounts, amount)
	}
}

// Run sums two amounts.
func Run() {
	l := &Ledger{amounts: []int{1, 2}}
	l.Sum()
}

// RunHealthy sums one amount, again and again, beside somebody who adds.
func RunHealthy() {
	l := &Ledger{amounts: []int{1}}
	go func() {
		for {
			l.Add(1)
		}
	}()
	for {
		l.Sum()
	}
}
