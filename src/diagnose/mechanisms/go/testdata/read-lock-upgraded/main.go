package main

import (
	"fmt"
	"sync"
	"time"
)

type cache struct {
	mu sync.RWMutex
	m  map[string]string
}

func (c *cache) get(k string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.m[k]
	if !ok {
		v = c.fill(k)
	}
	return v
}

func (c *cache) fill(k string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[k] = "v" + k
	return c.m[k]
}

func main() {
	c := &cache{m: map[string]string{}}
	for i := 0; i < 5; i++ {
		go func() {
			for {
				fmt.Println(c.get("a"))
				time.Sleep(10 * time.Millisecond)
			}
		}()
	}
	time.Sleep(time.Hour)
}
