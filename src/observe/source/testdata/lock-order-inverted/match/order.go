package match

import "sync"

type Account struct {
	mu      sync.Mutex
	id      int
	balance int
}

type Bank struct {
	mu    sync.Mutex
	audit sync.Mutex
	total int
	log   []string
}

func (b *Bank) Deposit(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total += n
	b.note("deposit")
}

func (b *Bank) note(what string) {
	b.audit.Lock() // want
	b.log = append(b.log, what)
	b.audit.Unlock()
}

func (b *Bank) Report() int {
	b.audit.Lock()
	defer b.audit.Unlock()
	b.mu.Lock() // want
	n := b.total
	b.mu.Unlock()
	return n
}

func Transfer(from, to *Account, n int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock() // want
	defer to.mu.Unlock()
	from.balance -= n
	to.balance += n
}
