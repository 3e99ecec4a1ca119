//go:build go1.25

package tests

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAllBlocked(t *testing.T) {
	wanted(t)
	synctest.Test(t, func(*testing.T) {
		results := make(chan int)
		go func() { results <- 1 }()
		time.Sleep(time.Second)
		<-make(chan int)
	})
}

func TestMainExited(t *testing.T) {
	wanted(t)
	synctest.Test(t, func(*testing.T) {
		results := make(chan int)
		go func() { results <- 1 }()
		go func() { <-make(chan int) }()
		synctest.Wait()
	})
}
