// Package parcels waits for its workers with its lock held, and they need it for nothing: the lock is held for long, that is all.
package parcels

import (
	"sync"
	"time"
)

// Depot ships one batch at a time.
type Depot struct {
	mu      sync.Mutex
	shipped int
}

// Ship hands a batch to carriers and waits for all of them.
func (d *Depot) Ship(parcels int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all sync.WaitGroup
	for range parcels {
		all.Add(1)
		go func() {
			defer all.Done()
			carry()
		}()
	}
	all.Wait()
	d.shipped += parcels
}

func carry() { time.Sleep(40 * time.Millisecond) }

// Run has three clerks who ship.
func Run() {
	d := &Depot{}
	for range 3 {
		go func() {
			for {
				d.Ship(4)
			}
		}()
	}
	select {}
}
