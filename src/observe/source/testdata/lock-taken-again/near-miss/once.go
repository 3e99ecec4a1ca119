package nearmiss

import "sync"

type Node struct {
	mu   sync.Mutex
	size int
	next *Node
	kids []*Node
}

// Other values of the same type.
func (n *Node) Sum() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := n.size
	for _, k := range n.kids {
		sum += k.Sum()
	}
	return sum + n.next.Sum()
}

// Hand over hand: the same name is another value by then.
func (n *Node) Last() int {
	n.mu.Lock()
	for n.next != nil {
		next := n.next
		next.mu.Lock()
		n.mu.Unlock()
		n = next
	}
	size := n.size
	n.mu.Unlock()
	return size
}

func (n *Node) Step() int {
	n.mu.Lock()
	n = n.next
	return n.Size()
}

func (n *Node) Size() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.size
}

// The callee gives the lock back while it waits, and takes it again.
func (n *Node) Grow() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pause()
	n.size++
}

func (n *Node) pause() {
	n.mu.Unlock()
	n.mu.Lock()
}

// A helper has given it back.
func (n *Node) Shrink() int {
	n.mu.Lock()
	n.size--
	n.release()
	return n.Size()
}

func (n *Node) release() { n.mu.Unlock() }

// On one path only, which has unlocked.
func (n *Node) Either(early bool) int {
	n.mu.Lock()
	if early {
		n.mu.Unlock()
		return n.Size()
	}
	defer n.mu.Unlock()
	return n.size
}

// A goroutine of its own: it waits, the holder goes on.
func (n *Node) Later() {
	n.mu.Lock()
	defer n.mu.Unlock()
	go n.Size()
}

// The method expression is handed on, not called.
func (n *Node) Handed() func() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.Size
}

type till struct {
	mu sync.Mutex
	n  int
}

// each turn locks another value, or gives it back before the next one, or leaves
func (t *till) sums(others []*till) int {
	sum := 0
	for _, o := range others {
		o.mu.Lock()
		defer o.mu.Unlock()
		sum += o.n
	}
	for range others {
		func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			sum += t.n
		}()
	}
	for range others {
		t.mu.Lock()
		defer t.mu.Unlock()
		return sum + t.n
	}
	return sum
}
