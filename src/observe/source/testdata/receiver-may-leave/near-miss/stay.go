package nearmiss

import (
	"context"
	"sync"
	"time"
)

type Client struct{ slow func() int }

// Room for the answer: the sender never waits.
func (c *Client) Buffered(ctx context.Context) (int, error) {
	done := make(chan int, 1)
	go func() { done <- c.slow() }()
	select {
	case n := <-done:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The sender has a way out of its own.
func (c *Client) BothSelect(ctx context.Context) (int, error) {
	done := make(chan int)
	go func() {
		select {
		case done <- c.slow():
		case <-ctx.Done():
		}
	}()
	select {
	case n := <-done:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The timer case waits for the answer all the same.
func (c *Client) Drained() int {
	done := make(chan int)
	go func() { done <- c.slow() }()
	select {
	case n := <-done:
		return n
	case <-time.After(time.Second):
		println("slow")
		return <-done
	}
}

// The timer case only counts; the loop goes on until the answer came.
func (c *Client) Patient() (int, int) {
	done := make(chan int)
	go func() { done <- c.slow() }()
	waited := 0
	for {
		select {
		case n := <-done:
			return n, waited
		case <-time.After(time.Second):
			waited++
		}
	}
}

// Every sender is received from, also after an early value.
func (c *Client) All(parts []func() int) int {
	ch := make(chan int)
	for _, p := range parts {
		go func() { ch <- p() }()
	}
	sum := 0
	for range parts {
		sum += <-ch
	}
	return sum
}

// The return stands before the goroutine is started.
func (c *Client) Checked(ok bool) int {
	ch := make(chan int)
	if !ok {
		return 0
	}
	go func() { ch <- c.slow() }()
	return <-ch
}

// The channel goes to somebody else: who receives is not seen here.
func (c *Client) Stream() <-chan int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := 0; i < 3; i++ {
			ch <- i
		}
	}()
	return ch
}

// Another goroutine takes whatever comes.
func (c *Client) Collected(parts []func() int) int {
	ch := make(chan int)
	var wg sync.WaitGroup
	for _, p := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- p()
		}()
	}
	sum := 0
	finished := make(chan struct{})
	go func() {
		for n := range ch {
			sum += n
		}
		close(finished)
	}()
	wg.Wait()
	close(ch)
	<-finished
	return sum
}

// The goroutine and the return are in different branches.
func (c *Client) Either(now bool) int {
	ch := make(chan int)
	if now {
		go func() { ch <- c.slow() }()
	} else {
		return 0
	}
	return <-ch
}

// As many turns as senders, whatever they bring.
func (c *Client) Every(parts []func() error) error {
	errs := make(chan error)
	for _, p := range parts {
		go func() { errs <- p() }()
	}
	var first error
	for range parts {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Only the end of the senders ends it.
func (c *Client) UntilClosed(parts []func() int) int {
	ch := make(chan int)
	var wg sync.WaitGroup
	for _, p := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- p()
		}()
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	sum := 0
	for sum < 1<<40 {
		v, ok := <-ch
		if !ok {
			break
		}
		sum += v
	}
	return sum
}
