package main

import (
	"sync"
	"time"
)

type node struct {
	mu       sync.Mutex
	size     int
	children []*node
}

func (n *node) sum() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	total := n.size
	for _, c := range n.children {
		total += c.sum()
	}
	return total
}

func (n *node) rebuild() {
	n.mu.Lock()
	defer n.mu.Unlock()
	time.Sleep(time.Hour)
}

func main() {
	leaf := &node{size: 1}
	root := &node{size: 2, children: []*node{leaf}}
	go leaf.rebuild()
	time.Sleep(100 * time.Millisecond)
	go root.sum()
	for {
		time.Sleep(time.Second)
	}
}
