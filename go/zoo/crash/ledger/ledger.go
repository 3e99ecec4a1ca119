// Package ledger keeps accounts. Its methods fail when the book is used in a way it was not opened for, so that the
// tracebacks of this zoo hold frames of a package that is not main, with pointer receivers, generics and closures.
package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Entry is one posting.
type Entry struct {
	Account string
	Cents   int64
	Owner   *Owner
}

// Owner is who an account belongs to.
type Owner struct {
	Name    string
	Address *Address
}

// Address is where invoices go.
type Address struct{ City string }

// Book holds balances by account. A Book that was not opened has no map yet.
type Book struct {
	mu       sync.Mutex
	balances map[string]int64
	entries  []Entry
	closed   chan struct{}
}

// Open makes a book that can be posted to.
func Open() *Book {
	return &Book{balances: map[string]int64{}, closed: make(chan struct{})}
}

// Post adds an entry to the balance of its account.
func (b *Book) Post(e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(e.Account, e.Cents)
	b.entries = append(b.entries, e)
}

//go:noinline
func (b *Book) add(account string, cents int64) {
	b.balances[account] += cents
}

// PostUnlocked is Post for callers that hold the lock, or believe that they do.
//
//go:noinline
func (b *Book) PostUnlocked(e Entry) { b.add(e.Account, e.Cents) }

// BalanceUnlocked reads a balance for callers that hold the lock, or believe that they do.
//
//go:noinline
func (b *Book) BalanceUnlocked(account string) int64 { return b.balances[account] }

// TotalUnlocked sums all balances for callers that hold the lock, or believe that they do.
//
//go:noinline
func (b *Book) TotalUnlocked() (total int64) {
	for _, cents := range b.balances {
		total += cents
	}
	return total
}

// At returns entry i of the journal.
//
//go:noinline
func (b *Book) At(i int) Entry { return b.entries[i] }

// Page returns the entries from..to of the journal.
//
//go:noinline
func (b *Book) Page(from, to int) []Entry { return b.entries[from:to] }

// Release gives the lock back.
func (b *Book) Release() { b.mu.Unlock() }

// Close ends the book.
func (b *Book) Close() { close(b.closed) }

// Invoice renders where the invoice of an entry goes.
func Invoice(e *Entry) string {
	return strings.ToUpper(city(e.Owner))
}

//go:noinline
func city(o *Owner) string { return o.Address.City }

// ErrOverdrawn is returned when an account has no cover.
var ErrOverdrawn = errors.New("overdrawn")

// CoverError says which account had no cover.
type CoverError struct {
	Account string
	Missing int64
}

func (e *CoverError) Error() string {
	return "no cover on " + strconv.Quote(e.Account) + ": " + strconv.FormatInt(e.Missing, 10) + " cents missing"
}

func (e *CoverError) Unwrap() error { return ErrOverdrawn }

// Must returns v, or panics with err wrapped.
//
//go:noinline
func Must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Errorf("ledger: %w", err))
	}
	return v
}

// Fold applies step to each value, in order.
//
//go:noinline
func Fold[T, A any](values []T, acc A, step func(A, T) A) A {
	for _, v := range values {
		acc = step(acc, v)
	}
	return acc
}

// Describe renders a posting of any of the kinds that were known when it was written.
func Describe(v any) string {
	switch v := v.(type) {
	case Entry:
		return v.Account
	case *Entry:
		return v.Account
	case fmt.Stringer:
		return v.String()
	default:
		panic(fmt.Sprintf("ledger: unexpected type %T", v))
	}
}
