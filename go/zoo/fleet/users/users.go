// Package users sends requests at a steady rate, as customers would.
package users

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Run sends rate requests a second to base until ctx ends; at most a hundred wait at a time.
func Run(ctx context.Context, base, path string, rate float64) {
	client := &http.Client{Timeout: 3 * time.Second}
	places := make(chan struct{}, 100)
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case places <- struct{}{}:
		default:
			continue
		}
		all.Go(func() {
			defer func() { <-places }()
			response, err := client.Post(base+fmt.Sprintf(path, n), "application/json", nil)
			if err != nil {
				return // a customer sees a failure and goes away
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		})
	}
}
