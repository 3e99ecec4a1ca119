package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// users send requests at one rate, and after a while at another. A user who waited too long goes away.
type users struct {
	target     string
	path       string
	rate, then float64
	after      time.Duration
}

const (
	patience = 8 * time.Second
	most     = 48
)

func (u users) run(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: most}}
	places := make(chan struct{}, most)
	began := time.Now()
	next := began
	for n := 0; ; n++ {
		rate := u.rate
		if time.Since(began) > u.after {
			rate = u.then
		}
		next = next.Add(time.Duration(float64(time.Second) / rate))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		select {
		case places <- struct{}{}:
		default:
			continue
		}
		go func() {
			defer func() { <-places }()
			limited, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			request, err := http.NewRequestWithContext(limited, http.MethodGet, u.target+fmt.Sprintf(u.path, n), nil)
			if err != nil {
				return
			}
			response, err := client.Do(request)
			if err != nil {
				return // a user sees a failure and goes away
			}
			defer response.Body.Close()
			_, _ = io.Copy(io.Discard, response.Body)
		}()
	}
}
