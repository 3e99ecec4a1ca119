package match

import (
	"errors"
	"sync"
)

var errSoldOut = errors.New("sold out")

type office struct {
	mu   sync.Mutex
	left map[string]int
}

func (o *office) sell(show string) error {
	o.mu.Lock()
	n, known := o.left[show]
	if !known {
		o.mu.Unlock()
		return errors.New("no such show")
	}
	if n == 0 {
		return errSoldOut // want
	}
	o.left[show] = n - 1
	o.mu.Unlock()
	return nil
}

type cache struct {
	mu   sync.RWMutex
	rows map[string]string
}

func (c *cache) get(key string) (string, bool) {
	c.mu.RLock()
	if v, ok := c.rows[key]; ok {
		return v, true // want
	}
	c.mu.RUnlock()
	return "", false
}

func (c *cache) set(key, value string) {
	c.mu.Lock()
	c.rows[key] = value // want
}

type sweeper struct {
	mu   sync.Mutex
	jobs []func() bool
}

func (s *sweeper) sweep() {
	for _, job := range s.jobs {
		s.mu.Lock()
		if !job() {
			continue // want
		}
		s.mu.Unlock()
	}
}
