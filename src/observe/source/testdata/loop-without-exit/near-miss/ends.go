package nearmiss

import (
	"context"
	"time"
)

type Session struct {
	last time.Time
	in   chan string
	quit chan struct{}
}

func Open(ctx context.Context, s *Session) {
	ticker := time.NewTicker(time.Second)
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				s.last = time.Now()
			case <-ctx.Done():
				return
			}
		}
	}()
}

// A range over a channel ends when it is closed.
func Read(s *Session) {
	go func() {
		for line := range s.in {
			_ = line
		}
	}()
}

func Labelled(s *Session) {
	go func() {
	loop:
		for {
			select {
			case <-s.quit:
				break loop
			case <-time.After(time.Second):
			}
		}
	}()
}

func Counted(s *Session) {
	go func() {
		for i := 0; i < 10; i++ {
			time.Sleep(time.Second)
		}
	}()
}

// Not a goroutine: the caller's own loop.
func Serve(s *Session) {
	for {
		time.Sleep(time.Second)
		s.last = time.Now()
	}
}

func Until(s *Session, done func() bool) {
	go func() {
		for !done() {
			time.Sleep(time.Second)
		}
	}()
}
