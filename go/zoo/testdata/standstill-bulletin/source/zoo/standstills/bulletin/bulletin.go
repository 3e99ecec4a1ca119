// Package bulletin passes news on to whoever reads, and keeps its lock while it does; a reader that has had enough must take the lock to leave.
package bulletin

import (
	"sync"
	"sync/atomic"
	"time"
)

// Who finds so many waiting goes away.
const most = 90

// Board knows its readers.
type Board struct {
	mu      sync.RWMutex
	readers map[chan string]struct{}
}

// Join adds a reader.
func (b *Board) Join() chan string {
	c := make(chan string)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readers[c] = struct{}{}
	return c
}

// Leave takes a reader out.
func (b *Board) Leave(c chan string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.readers, c)
}

// Post tells every reader.
func (b *Board) Post(news string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.readers {
		c <- news
	}
}

// Offer tells every reader that listens.
func (b *Board) Offer(news string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for c := range b.readers {
		select {
		case c <- news:
		default:
		}
	}
}

// read joins for one piece of news and does not wait long for it.
func (b *Board) read() {
	c := b.Join()
	defer b.Leave(c)
	select {
	case <-c:
	case <-time.After(20 * time.Millisecond):
		excuse()
	}
}

// excuse tells whoever asked that there was nothing.
func excuse() { time.Sleep(2 * time.Millisecond) }

func serve(tell func(*Board, string)) {
	b := &Board{readers: map[chan string]struct{}{}}
	go func() {
		for {
			tell(b, "order placed")
			time.Sleep(50 * time.Millisecond)
		}
	}()
	for waiting := new(atomic.Int32); ; time.Sleep(5 * time.Millisecond) {
		if waiting.Load() >= most {
			continue
		}
		waiting.Add(1)
		go func() {
			defer waiting.Add(-1)
			b.read()
		}()
	}
}

// Run posts to readers of which some have just had enough.
func Run() { serve((*Board).Post) }

// RunHealthy offers to the same.
func RunHealthy() { serve((*Board).Offer) }
