package match

import (
	"context"
	"errors"
	"time"
)

type Client struct{ slow func() (int, error) }

// The caller leaves when its context ends; nobody is there for the answer.
func (c *Client) Reserve(ctx context.Context) (int, error) {
	type answer struct {
		n   int
		err error
	}
	done := make(chan answer)
	go func() {
		n, err := c.slow()
		done <- answer{n, err} // want
	}()
	select {
	case a := <-done:
		return a.n, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The same with a timer, and the sender in a function of its own.
func (c *Client) Ask() (int, bool) {
	got := make(chan int)
	go c.ask(got)
	select {
	case n := <-got:
		return n, true
	case <-time.After(time.Second):
	}
	return 0, false
}

func (c *Client) ask(to chan<- int) {
	n, _ := c.slow()
	to <- n // want
}

// A return between the start and the only receive.
func (c *Client) Both(check func() error) (int, error) {
	first := make(chan int)
	go func() {
		n, _ := c.slow()
		first <- n // want
	}()
	if err := check(); err != nil {
		return 0, err
	}
	return <-first, nil
}

// The first answer wins, the others wait for ever.
func (c *Client) Fastest(replicas []func() int) int {
	answers := make(chan int)
	for _, r := range replicas {
		go func() { answers <- r() }() // want
	}
	return <-answers
}

// A producer whose reader gives up at the first bad value.
func (c *Client) Sum(values []int) (int, error) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, v := range values {
			ch <- v // want
		}
	}()
	sum := 0
	for v := range ch {
		if v < 0 {
			return 0, errors.New("negative")
		}
		sum += v
	}
	return sum, nil
}

// The loop is left by its label when the context ends.
func (c *Client) Gather(ctx context.Context, n int) []int {
	var all []int
	parts := make(chan int)
	for i := 0; i < n; i++ {
		go func() { parts <- i }() // want
	}
gather:
	for len(all) < n {
		select {
		case p := <-parts:
			all = append(all, p)
		case <-ctx.Done():
			break gather
		}
	}
	return all
}

type part struct{ size int }

func (p part) load(errs chan<- error) {
	if p.size < 0 {
		errs <- errors.New("negative") // want
		return
	}
	errs <- nil // want
}

// As many turns as senders, but the first error ends it.
func loadAll(parts []part) error {
	errs := make(chan error)
	for _, p := range parts {
		go p.load(errs)
	}
	for range parts {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}
