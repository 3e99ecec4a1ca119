package main

import (
	"context"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
)

// pinged is what a call ends with when its connection sends pings faster than the server's policy allows.
func pinged(address string) string {
	var mu sync.Mutex
	var conn net.Conn
	cc := grpcClient(address, grpc.WithContextDialer(func(ctx context.Context, a string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", a)
		mu.Lock()
		conn = &whole{Conn: c}
		defer mu.Unlock()
		return conn, err
	}))
	defer cc.Close()
	done := make(chan string, 1)
	go func() { done <- checked(context.Background(), cc) }()
	time.Sleep(300 * time.Millisecond)
	for range 6 {
		mu.Lock()
		// RFC 9113 §6.7: PING, eight bytes
		_, _ = conn.Write(append([]byte{0, 0, 8, 6, 0, 0, 0, 0, 0}, make([]byte, 8)...))
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
	}
	return <-done
}

// whole keeps frames apart that two goroutines write.
type whole struct {
	net.Conn
	mu sync.Mutex
}

func (w *whole) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Conn.Write(p)
}
