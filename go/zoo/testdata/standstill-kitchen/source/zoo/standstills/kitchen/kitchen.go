// Package kitchen cooks so many dishes at a time; a menu is a dish that waits for others.
package kitchen

import (
	"sync"
	"sync/atomic"
	"time"
)

// Who finds so many waiting goes away.
const most = 90

// Stove has so many places.
type Stove struct{ places chan struct{} }

func (s *Stove) cook(dish func()) {
	s.places <- struct{}{}
	defer func() { <-s.places }()
	dish()
}

func simmer() { time.Sleep(20 * time.Millisecond) }

// Menu cooks two dishes at a time with its own place kept.
func Menu(s *Stove) {
	s.cook(func() {
		simmer()
		var wg sync.WaitGroup
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				s.cook(simmer)
			}()
		}
		wg.Wait()
	})
}

// MenuOnTwo cooks its dishes on another stove.
func MenuOnTwo(s, other *Stove) {
	s.cook(func() {
		simmer()
		var wg sync.WaitGroup
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				other.cook(simmer)
			}()
		}
		wg.Wait()
	})
}

func serve(every time.Duration, order func()) {
	for waiting := new(atomic.Int32); ; time.Sleep(every) {
		if waiting.Load() >= most {
			continue
		}
		waiting.Add(1)
		go func() {
			defer waiting.Add(-1)
			order()
		}()
	}
}

// Run takes orders for more menus at a time than the stove has places.
func Run() {
	s := &Stove{places: make(chan struct{}, 4)}
	serve(5*time.Millisecond, func() { Menu(s) })
}

// RunHealthy takes more orders than two stoves can cook: the queue is as long, and moves.
func RunHealthy() {
	s := &Stove{places: make(chan struct{}, 4)}
	other := &Stove{places: make(chan struct{}, 4)}
	serve(5*time.Millisecond, func() { MenuOnTwo(s, other) })
}
