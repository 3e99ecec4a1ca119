//go:build go1.23

package main

import "iter"

func init() {
	newerWaits = append(newerWaits, func() {
		next, _ := iter.Pull(func(yield func(int) bool) {
			yield(1)
		})
		next() // never stopped: the coroutine stays
		select {}
	})
}
