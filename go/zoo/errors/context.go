package main

import (
	"context"
	"fmt"
	"time"
)

func init() {
	provoke("context/canceled", func() string {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		<-ctx.Done()
		return said(fmt.Errorf("reserve stock: %w", ctx.Err()))
	})
	provoke("context/deadline-exceeded", func() string {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		<-ctx.Done()
		return said(fmt.Errorf("reserve stock: %w", ctx.Err()))
	})
	provoke("context/nil-parent", func() string {
		//lint:ignore SA1012 that is the error
		return panicked(func() { _, cancel := context.WithCancel(nil); cancel() })
	})
}
