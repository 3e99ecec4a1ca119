package main

import (
	"errors"
	"sync"
)

type office struct {
	mu   sync.Mutex
	left int
}

func (o *office) sell() error {
	o.mu.Lock()
	if o.left == 0 {
		return errors.New("sold out")
	}
	o.left--
	o.mu.Unlock()
	return nil
}

func main() {
	o := &office{left: 1}
	for {
		o.sell()
	}
}
