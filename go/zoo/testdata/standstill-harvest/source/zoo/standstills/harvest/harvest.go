// Package harvest waits for its pickers before it takes what they bring.
package harvest

import (
	"sync"
	"time"
)

// Bring collects what all rows give.
func Bring(rows []func() int) int {
	baskets := make(chan int)
	var pickers sync.WaitGroup
	for _, row := range rows {
		pickers.Add(1)
		go func() {
			defer pickers.Done()
			baskets <- row()
		}()
	}
	pickers.Wait()
	sum := 0
	for range rows {
		sum += <-baskets
	}
	return sum
}

// RunHealthy has pickers who are still at it.
func RunHealthy() {
	slow := func() int { time.Sleep(time.Hour); return 1 }
	Bring([]func() int{slow, slow})
}

// Run has two pickers who come back at once.
func Run() {
	Bring([]func() int{func() int { return 1 }, func() int { return 2 }})
}
