package main

import (
	"context"
	"net"
	"time"
)

type answer struct{ n int }

var store net.Conn

func lookup() int { return 1 }

func audit() {
	buf := make([]byte, 1)
	store.Read(buf)
}

func handle(ctx context.Context) int {
	done := make(chan answer)
	go func() {
		n := lookup()
		done <- answer{n}
	}()
	audit()
	select {
	case a := <-done:
		return a.n
	case <-ctx.Done():
		return 0
	}
}

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		c, _ := l.Accept()
		time.Sleep(time.Hour)
		c.Close()
	}()
	store, _ = net.Dial("tcp", l.Addr().String())
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		go func() { defer cancel(); handle(ctx) }()
		time.Sleep(90 * time.Millisecond)
	}
}
