package bank

import "sync"

type Bank struct {
	mu  sync.Mutex
	sum int
}

func (b *Bank) Sum() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sum
}

func (b *Bank) Add(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sum += n
	return b.Sum()
}
