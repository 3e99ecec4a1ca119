package main

import (
	"fmt"
	"sync"
)

type box struct {
	mu sync.Mutex
	v  int
}

func (b *box) get() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.v
}

func (b *box) bump() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.v = b.get() + 1
}

func main() {
	b := &box{}
	b.bump()
	fmt.Println(b.v)
}
