//go:build go1.23

package main

import (
	"context"
	"iter"
	"time"
)

// switches runs coroutines, some to their end.
func switches(ctx context.Context) {
	for pause(ctx, 35*time.Millisecond) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := 0; i < 5 && yield(i); i++ {
			}
		})
		next()
		next()
		if _, ok := next(); ok && time.Now().UnixMilli()%2 == 0 {
			for ok {
				_, ok = next()
			}
		}
		stop()
	}
}
