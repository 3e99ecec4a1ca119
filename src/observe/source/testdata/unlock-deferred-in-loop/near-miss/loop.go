package nearmiss

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

type bank struct {
	mu       sync.Mutex
	accounts []*account
}

// Each turn gives its lock back.
func (b *bank) plain() int {
	total := 0
	for _, a := range b.accounts {
		a.mu.Lock()
		total += a.balance
		a.mu.Unlock()
	}
	return total
}

// A function of its own ends with each turn.
func (b *bank) closure() int {
	total := 0
	for _, a := range b.accounts {
		func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			total += a.balance
		}()
	}
	return total
}

// The turn that takes the lock is the last one.
func (b *bank) first() int {
	for _, a := range b.accounts {
		if a == nil {
			continue
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.balance
	}
	return 0
}

// Outside of the loop.
func (b *bank) whole() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	total := 0
	for _, a := range b.accounts {
		total += a.balance
	}
	return total
}
