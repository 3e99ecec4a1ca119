// Command orders makes reservations for about a second, as go/zoo/services/orders does for its customers, and prints how
// many goroutines are there that were not there before. It listens nowhere and needs nothing but the standard library.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

// stock answers quickly, except for every fourth reservation.
func stock(sku int) string {
	delay := 5 * time.Millisecond
	if sku%4 == 0 {
		delay = 60 * time.Millisecond
	}
	time.Sleep(delay)
	return fmt.Sprintf("sku %d is reserved", sku)
}

// reserve asks the stock service, and gives up when ctx ends.
func reserve(ctx context.Context, sku int) (string, error) {
	replies := make(chan string)
	go func() {
		replies <- stock(sku)
	}()
	select {
	case r := <-replies:
		return r, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func main() {
	atStart := runtime.NumGoroutine()
	var (
		all      sync.WaitGroup
		mu       sync.Mutex
		timeouts int
	)
	for sku := 0; sku < 400; sku++ {
		all.Add(1)
		go func(sku int) {
			defer all.Done()
			ctx, cancel := context.WithTimeout(context.Background(), 25*time.Millisecond)
			defer cancel()
			if _, err := reserve(ctx, sku); errors.Is(err, context.DeadlineExceeded) {
				mu.Lock()
				timeouts++
				mu.Unlock()
			}
		}(sku)
		time.Sleep(time.Millisecond)
	}
	all.Wait()
	time.Sleep(300 * time.Millisecond) // longer than the slowest answer: what is still there now waits for ever
	print := json.NewEncoder(os.Stdout).Encode
	print(map[string]any{"metric": "leaked_goroutines", "value": runtime.NumGoroutine() - atStart})
	print(map[string]any{"metric": "timed_out_calls", "value": timeouts})
}
