package match

import "sync"

type account struct {
	mu      sync.RWMutex
	balance int
}

type bank struct{ accounts []*account }

func (b *bank) settle() int {
	total := 0
	for _, a := range b.accounts {
		a.mu.Lock()
		defer a.mu.Unlock() // want
		total += a.balance
	}
	return total
}

func (b *bank) some(first int) int {
	total := 0
	for i := range 4 {
		a := b.accounts[first+i]
		a.mu.RLock()
		defer a.mu.RUnlock() // want
		if a.balance < 0 {
			continue
		}
		total += a.balance
	}
	return total
}
