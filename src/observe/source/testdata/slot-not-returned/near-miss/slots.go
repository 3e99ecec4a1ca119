package miss

import (
	"context"
	"errors"
)

var errRefused = errors.New("refused")

// given back whatever happens
type desk struct{ free chan struct{} }

func open(n int) *desk {
	d := &desk{free: make(chan struct{}, n)}
	for range n {
		d.free <- struct{}{}
	}
	return d
}

func (d *desk) take() { <-d.free }
func (d *desk) give() { d.free <- struct{}{} }

func (d *desk) bill(n int) error {
	d.take()
	defer d.give()
	if n < 0 {
		return errRefused
	}
	return nil
}

// the goroutine that is started gives it back
func all(urls []string, get func(string) error) {
	sem := make(chan struct{}, 8)
	for _, u := range urls {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			_ = get(u)
		}()
	}
	for range cap(sem) {
		sem <- struct{}{}
	}
}

// taken if there is one: the result says whether
type limit struct{ busy chan struct{} }

func newLimit() *limit { return &limit{busy: make(chan struct{}, 2)} }

func (l *limit) acquire(ctx context.Context) error {
	select {
	case l.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limit) release() { <-l.busy }

func (l *limit) do(ctx context.Context, f func()) error {
	if err := l.acquire(ctx); err != nil {
		return err
	}
	defer l.release()
	f()
	return nil
}

// begun here, ended there
type session struct{ busy chan struct{} }

func newSession() *session { return &session{busy: make(chan struct{}, 1)} }

func (s *session) begin(n int) int {
	s.busy <- struct{}{}
	return n + 1
}

func (s *session) finish() int {
	<-s.busy
	return 0
}

// a signal, no slot: closed when all is over
func wait() {
	done := make(chan struct{}, 1)
	go func() {
		done <- struct{}{}
		close(done)
	}()
	<-done
}

// before every way out it is given back
func (d *desk) check(n int) error {
	d.take()
	if n < 0 {
		d.give()
		return errRefused
	}
	d.give()
	return nil
}

// a signal that is never closed: who receives it has nothing to give back
func result(work func() error) error {
	done := make(chan struct{}, 1)
	var err error
	go func() {
		if err = work(); err != nil {
			return
		}
		done <- struct{}{}
	}()
	<-done
	return err
}
