// Package tally waits for counters of which one gives up without saying so.
package tally

import (
	"errors"
	"sync"
	"time"
)

// Count adds up what all districts report.
func Count(districts []string, read func(string) (int, error)) int {
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for _, d := range districts {
		all.Add(1)
		go func() {
			n, err := read(d)
			if err != nil {
				return
			}
			mu.Lock()
			sum += n
			mu.Unlock()
			all.Done()
		}()
	}
	all.Wait()
	return sum
}

// RunHealthy counts three districts, one of which is far away.
func RunHealthy() {
	Count([]string{"north", "south", "east"}, func(d string) (int, error) {
		if d == "south" {
			time.Sleep(time.Hour)
		}
		return 100, nil
	})
}

// Run counts three districts, one of which cannot be read.
func Run() {
	Count([]string{"north", "south", "east"}, func(d string) (int, error) {
		if d == "south" {
			return 0, errors.New("unreadable")
		}
		return 100, nil
	})
}
