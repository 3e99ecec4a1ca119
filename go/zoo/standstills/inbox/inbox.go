// Package inbox keeps jobs in a channel and takes its lock around both ends of it.
package inbox

import (
	"sync"
	"time"
)

// Inbox holds jobs until a worker takes them.
type Inbox struct {
	mu   sync.Mutex
	jobs chan int
	put  int
}

// Put waits until there is room.
func (b *Inbox) Put(job int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put++
	b.jobs <- job
}

// Take waits for a job.
func (b *Inbox) Take() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return <-b.jobs
}

// Run fills the inbox and works on it.
func Run() {
	b := &Inbox{jobs: make(chan int, 4)}
	go func() {
		for job := 0; ; job++ {
			b.Put(job)
		}
	}()
	time.Sleep(50 * time.Millisecond)
	for {
		b.Take()
	}
}
