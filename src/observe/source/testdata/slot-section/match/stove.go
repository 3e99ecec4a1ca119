package match

import "sync"

type stove struct{ places chan struct{} }

func newStove() *stove { return &stove{places: make(chan struct{}, 4)} }

func (s *stove) cook(dish func()) {
	s.places <- struct{}{} // want
	defer func() { <-s.places }()
	dish()
}

func menu(s *stove, simmer func()) {
	s.cook(func() {
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

var busy = make(chan struct{}, 2)

func one(f func()) {
	busy <- struct{}{} // want
	f()
	<-busy
}
