//go:build go1.23
// +build go1.23

package main

import "iter"

func numbers(yield func(int) bool) {
	for i := 0; ; i++ {
		if !yield(i) {
			return
		}
	}
}

func init() {
	more = append(more,
		// the body of a range over a function is a function of its own: -range1
		func() {
			for range numbers {
				<-make(chan int)
			}
		},
		// a coroutine that is never stopped
		func() {
			next, _ := iter.Pull(numbers)
			next()
			<-make(chan int)
		},
	)
}
