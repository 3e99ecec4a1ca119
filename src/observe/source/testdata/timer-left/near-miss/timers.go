package pkg

import (
	"context"
	"time"
)

// every other case leaves: at most one timer is left
func retry(ctx context.Context, try func() error) error {
	for {
		if err := try(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// it waits for each
func pace(n int) {
	for range n {
		<-time.After(time.Millisecond)
	}
}

// not in a loop
func once(in <-chan int) int {
	select {
	case n := <-in:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

// one timer for all turns
func store(in <-chan int, last map[int]int) {
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for {
		select {
		case r := <-in:
			last[r]++
			timer.Reset(time.Minute)
		case <-timer.C:
			return
		}
	}
}

func stopped(every time.Duration) time.Time {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	return <-ticker.C
}

type worker struct{ ticker *time.Ticker }

// handed on: somebody else may stop it
func start() *worker {
	ticker := time.NewTicker(time.Second)
	return &worker{ticker}
}

// one for the whole process
func main() {
	ticker := time.NewTicker(time.Second)
	<-ticker.C
}

// a goroutine with a ticker of its own is another fault
func loop(work func()) {
	ticker := time.NewTicker(time.Second)
	for range ticker.C {
		work()
	}
}
