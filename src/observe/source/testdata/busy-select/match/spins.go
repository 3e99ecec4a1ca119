package match

import (
	"context"
	"runtime"
)

type follower struct {
	in    chan int
	turns int
	last  int
}

func (f *follower) follow(ctx context.Context) {
	for {
		select { // want
		case <-ctx.Done():
			return
		case f.last = <-f.in:
		default:
			f.turns++
		}
	}
}

func (f *follower) yields(done chan struct{}) {
	for {
		select { // want
		case <-done:
			return
		default:
		}
		runtime.Gosched()
	}
}
