package nearmiss

import (
	"context"
	"time"
)

type follower struct {
	in   chan int
	last int
}

// It waits.
func (f *follower) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f.last = <-f.in:
		}
	}
}

// The default sleeps.
func (f *follower) polls(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// It looks whether it is to stop between two pieces of work.
func (f *follower) works(ctx context.Context, work func() bool) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
		}
		if !work() {
			return
		}
	}
}

// It takes what is there and leaves.
func (f *follower) drain() {
	for {
		select {
		case f.last = <-f.in:
		default:
			return
		}
	}
}

// After the select it waits.
func (f *follower) waits(done chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		f.last = <-f.in
	}
}
