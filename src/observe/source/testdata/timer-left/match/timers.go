package pkg

import (
	"context"
	"time"
)

func store(in <-chan int, last map[int]int) {
	for {
		select {
		case r := <-in:
			last[r]++
		case <-time.After(5 * time.Minute): // want
			return
		}
	}
}

func drain(ctx context.Context, in <-chan int) int {
	sum := 0
	for range 1000 {
		select {
		case <-ctx.Done():
			return sum
		case n, open := <-in:
			if !open {
				continue
			}
			sum += n
		case <-time.After(time.Hour): // want
			sum--
		}
	}
	return sum
}

func atBeat(every time.Duration) time.Time {
	ticker := time.NewTicker(every) // want
	return <-ticker.C
}

type clock struct{}

func (clock) once(done <-chan struct{}) bool {
	ticker := time.NewTicker(time.Second) // want
	select {
	case <-ticker.C:
		return true
	case <-done:
		return false
	}
}
