package main

import (
	"sync"
	"time"
)

// Mailer sends letters one after the other.
type Mailer struct {
	letters chan int
	each    time.Duration
	sent    int
}

// Deliver is the only consumer.
func (m *Mailer) Deliver() {
	for range m.letters {
		time.Sleep(m.each)
		m.sent++
	}
}

// Post waits until the letter is taken.
func (m *Mailer) Post(n int) { m.letters <- n }

func queue(producers, needs, takes int) func() {
	m := &Mailer{letters: make(chan int), each: time.Duration(takes) * time.Millisecond}
	if takes == 0 {
		m.each = 10 * time.Microsecond
	}
	return func() { m.run(producers, 1, needs) }
}

func consumers() func() {
	m := &Mailer{letters: make(chan int), each: 3 * time.Millisecond}
	return func() { m.run(6, 3, 2) }
}

func (m *Mailer) run(producers, consumers, needs int) {
	for range consumers {
		go m.Deliver()
	}
	var wg sync.WaitGroup
	for p := range producers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 90 / producers {
				if needs > 0 {
					time.Sleep(time.Duration(needs) * time.Millisecond)
				}
				m.Post(p)
			}
		}()
	}
	wg.Wait()
	close(m.letters)
}
