// Package gate waits for a condition with another lock held, which whoever would fulfil it needs first.
package gate

import (
	"sync"
	"time"
)

// Gate lets visitors in while there is room.
type Gate struct {
	visitors sync.Mutex
	mu       sync.Mutex
	left     *sync.Cond
	inside   int
}

// Enter waits for room.
func (g *Gate) Enter() {
	g.visitors.Lock()
	defer g.visitors.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.inside == 3 {
		g.left.Wait()
	}
	g.inside++
}

// Leave makes room.
func (g *Gate) Leave() {
	g.visitors.Lock()
	defer g.visitors.Unlock()
	g.mu.Lock()
	g.inside--
	g.mu.Unlock()
	g.left.Signal()
}

// Run lets four in, and one out.
func Run() {
	g := &Gate{}
	g.left = sync.NewCond(&g.mu)
	for range 4 {
		go g.Enter()
	}
	time.Sleep(50 * time.Millisecond)
	g.Leave()
}
