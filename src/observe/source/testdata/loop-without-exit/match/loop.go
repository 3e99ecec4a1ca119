package match

import "time"

type Session struct {
	last time.Time
	in   chan string
}

// Stop does not close the channel of a ticker: the range waits for ever.
func Open(s *Session) func() {
	ticker := time.NewTicker(time.Second)
	go func() {
		for range ticker.C { // want
			s.last = time.Now()
		}
	}()
	return ticker.Stop
}

func Keep(s *Session) {
	go s.keep()
}

func (s *Session) keep() {
	for { // want
		time.Sleep(time.Second)
		s.last = time.Now()
	}
}

// break leaves the select, not the loop.
func Watch(s *Session) {
	tick := time.NewTicker(time.Minute)
	go func() {
		for { // want
			select {
			case line := <-s.in:
				if line == "quit" {
					break
				}
			case <-tick.C:
				s.last = time.Now()
			}
		}
	}()
}

func Refresh(s *Session) {
	go func() {
		for now := range time.Tick(time.Second) { // want
			s.last = now
		}
	}()
}
