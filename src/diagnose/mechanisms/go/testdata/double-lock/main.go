package main

import (
	"fmt"
	"sync"
	"time"
)

type account struct {
	id      int
	balance int
}

type ledger struct {
	mu       sync.Mutex
	accounts map[int]*account
}

func (l *ledger) total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := 0
	for _, a := range l.accounts {
		sum += a.balance
	}
	return sum
}

func (l *ledger) deposit(id, amount int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts[id].balance += amount
	return l.total()
}

func main() {
	l := &ledger{accounts: map[int]*account{1: {id: 1}}}
	go func() {
		for {
			time.Sleep(100 * time.Millisecond)
		}
	}()
	done := make(chan int)
	go func() { done <- l.deposit(1, 10) }()
	fmt.Println(<-done)
}
