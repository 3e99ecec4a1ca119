package miss

import (
	"context"
	"sync"
)

// a buffer takes all of them
func buffered(n int) (sum int) {
	out := make(chan int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	wg.Wait()
	close(out)
	for v := range out {
		sum += v
	}
	return sum
}

// somebody else waits
func apart(n int) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	for v := range out {
		sum += v
	}
	return sum
}

// somebody else receives
func drained(n int) (sum int) {
	out := make(chan int)
	go func() {
		for v := range out {
			sum += v
		}
	}()
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	wg.Wait()
	close(out)
	return sum
}

// done before it sends, or able to leave the send
func early(ctx context.Context, n int) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			wg.Done()
			out <- i
		}()
	}
	wg.Wait()
	for range n {
		sum += <-out
	}
	other := make(chan int)
	var again sync.WaitGroup
	again.Add(1)
	go func() {
		defer again.Done()
		select {
		case other <- 1:
		case <-ctx.Done():
		}
	}()
	again.Wait()
	return sum + <-other
}
