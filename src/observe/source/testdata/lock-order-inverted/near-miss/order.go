package nearmiss

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
	b.audit.Lock()
	b.total += n
	b.audit.Unlock()
	b.mu.Unlock()
}

// The same order.
func (b *Bank) Withdraw(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.audit.Lock()
	defer b.audit.Unlock()
	b.total -= n
}

// The first is given back before the second is taken.
func (b *Bank) Report() int {
	b.audit.Lock()
	b.log = nil
	b.audit.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}

// Given back on the way out of the branch; not held after it.
func (b *Bank) Maybe(ok bool) {
	b.audit.Lock()
	if ok {
		b.audit.Unlock()
		b.mu.Lock()
		b.mu.Unlock()
		return
	}
	b.audit.Unlock()
}

// A goroutine of its own does not hold what its starter holds.
func (b *Bank) Later() {
	b.audit.Lock()
	defer b.audit.Unlock()
	go func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.total = 0
	}()
}

// Ordered by number before they are locked.
func Transfer(from, to *Account, n int) {
	first, second := from, to
	if to.id < from.id {
		first, second = to, from
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.balance -= n
	to.balance += n
}

func Swap(a, b *Account) {
	if a.id > b.id {
		a, b = b, a
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	a.balance, b.balance = b.balance, a.balance
}
