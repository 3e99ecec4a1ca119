package nearmiss

import (
	"context"
	"net"
	"time"
)

type server struct{ Timeout time.Duration }

// A Timeout of something else, a deadline that is taken away, a sleep.
func run(ctx context.Context, c net.Conn) {
	s := server{Timeout: time.Second}
	s.Timeout = 2 * time.Second
	c.SetDeadline(time.Time{})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	time.Sleep(time.Millisecond)
	_ = ctx
	_ = s
}

var _ = run
