// Package lib has a dot in the last element of its path, which symbols escape.
package lib

import "sync"

// Apply calls f: small enough to be inlined, so that f's caller has frames of this package in its own functions.
func Apply(f func()) { f() }

// Each is a closure over its callback.
func Each(n int, f func(int)) func() {
	return func() {
		for i := 0; i < n; i++ {
			f(i)
		}
	}
}

// Box is a generic container.
type Box[T any] struct {
	mu    sync.Mutex
	value T
}

//go:noinline
func (b *Box[T]) With(f func(T)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b.value)
}

// Later calls f from a closure of its own.
//
//go:noinline
func (b *Box[T]) Later(f func(T)) func() {
	return func() { f(b.value) }
}

// Map is a generic function with a closure.
//
//go:noinline
func Map[K comparable, V any](of map[K]V, f func(K, V)) {
	func() {
		for k, v := range of {
			f(k, v)
		}
	}()
}
