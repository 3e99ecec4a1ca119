package main

import (
	"context"
	"time"
)

type feed struct {
	updates chan string
	// never made: this feed has no errors to tell
	errors chan error
}

func (f *feed) follow(ctx context.Context) {
	select {
	case <-f.updates:
	case <-f.errors:
	case <-ctx.Done():
	}
}

func main() {
	var never chan struct{}
	go func() { <-never }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for i := 0; i < 20; i++ {
		go (&feed{updates: make(chan string)}).follow(ctx)
	}
	<-ctx.Done()
}
