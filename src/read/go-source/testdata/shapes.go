// Package shapes holds one of every form the reader tells apart.
package shapes

import (
	"context"
	"errors"
	"fmt"
	web "net/http"
	"sync"
	"time"
)

const deadline, tries = 300 * time.Millisecond, 2

var (
	cache   = make(map[string]int)
	pending []string
	starter = func() { go func() { cache["naïve"] = 1 }() }
)

type pool[K comparable] struct {
	mu, order sync.Mutex
	*web.Client
	byKey map[K]int
	out   chan int
}

func init() { starter() }

func keep[T any](v T) []T { return []T{v} }

func (p *pool[K]) Ask(ctx context.Context, keys ...K) (sum int, err error) {
	answers, queued := make(chan int), make(chan int, tries)
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	for _, k := range keys {
		go func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			answers <- p.byKey[k]
		}()
		go p.note(k, 1)
	}
	go func() {
		go func() { queued <- 1 }()
	}()
wait:
	for {
		select {
		case n, ok := <-answers:
			if !ok {
				break wait
			}
			sum += n
		case p.out <- sum:
		case <-time.After(time.Second):
			return 0, errors.New("späť")
		case <-ctx.Done():
			return 0, ctx.Err()
		default:
			time.Sleep(time.Millisecond)
		}
	}
	return sum, nil
}

func (p *pool[K]) note(k K, n int) {
	p.order.Lock()
	p.byKey[k] += n
	delete(p.byKey, k)
	p.order.Unlock()
	pending = append(pending, fmt.Sprint(k))
}

func fetch(url string, v any) string {
	resp, err := web.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text := v.(string)
	if n, ok := v.(int); ok && n > 0 {
		return pending[n]
	}
	switch x := v.(type) {
	case error, fmt.Stringer:
		return fmt.Sprint(x)
	}
	ticker := time.NewTicker(time.Second)
	for range ticker.C {
		break
	}
	ticker.Stop()
	return keep[string](text)[0] + string([]byte("x")[0:1])
}

var _ = fetch
var _ = web.Client{Timeout: 3 * time.Second}
