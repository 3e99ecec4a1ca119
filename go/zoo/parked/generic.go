//go:build go1.18
// +build go1.18

package main

type list[T any] struct{ values chan T }

func (l *list[T]) Push(v T) { l.values <- v }

//go:noinline
func wait[K comparable, V any](of map[K]chan V, k K) V { return <-of[k] }

func init() {
	more = append(more,
		func() { (&list[struct{ A, B int }]{values: make(chan struct{ A, B int })}).Push(struct{ A, B int }{}) },
		func() { (&list[string]{values: make(chan string)}).Push("x") },
		func() { wait(map[string]chan int{"a": make(chan int)}, "a") },
	)
}
