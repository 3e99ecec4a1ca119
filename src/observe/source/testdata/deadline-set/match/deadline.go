package match

import (
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const short = 300 * time.Millisecond

var wait = flag.Duration("wait", time.Second, "how long to wait")

type Client struct {
	http    *http.Client
	timeout time.Duration
	budget  time.Duration
}

func durationFromEnv(key string, or time.Duration) time.Duration {
	if v := os.Getenv(key); v != "" {
		if d, err := time.ParseDuration(v); err == nil {
			return d
		}
	}
	return or
}

func NewClient() *Client {
	return &Client{
		http:    &http.Client{Timeout: 5 * time.Second}, // want literal 5
		timeout: durationFromEnv("RESERVE_TIMEOUT", 2*time.Second),
	}
}

func (c *Client) Reserve(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout) // want env RESERVE_TIMEOUT
	defer cancel()
	return ctx.Err()
}

func Literal(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, short) // want literal 0.3
	cancel()
	_, cancel = context.WithDeadline(ctx, time.Now().Add(2*time.Minute)) // want literal 120
	cancel()
}

func Flag(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, *wait) // want flag wait
	cancel()
}

func Env(ctx context.Context) {
	ms, _ := strconv.Atoi(os.Getenv("PAY_MS"))
	_, cancel := context.WithTimeout(ctx, time.Duration(ms)*time.Millisecond) // want env PAY_MS
	cancel()
}

func Given(ctx context.Context, c *Client) {
	_, cancel := context.WithTimeout(ctx, c.budget) // want field Client.budget
	cancel()
}

func Conn(c net.Conn) {
	c.SetReadDeadline(time.Now().Add(30 * time.Second)) // want literal 30
}
