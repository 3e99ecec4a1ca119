package match

import "sync"

type Ledger struct {
	mu   sync.Mutex
	rows map[string]int
}

func (l *Ledger) Total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := 0
	for _, n := range l.rows {
		sum += n
	}
	return sum
}

func (l *Ledger) Add(key string, n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows[key] += n
	return l.Total() // want
}

type Cache struct {
	sync.RWMutex
	rows map[string]string
}

func (c *Cache) Get(key string) string {
	c.RLock()
	defer c.RUnlock()
	if v, ok := c.rows[key]; ok {
		return v
	}
	return fill(c, key) // want
}

func fill(cache *Cache, key string) string {
	cache.Lock()
	defer cache.Unlock()
	cache.rows[key] = key
	return key
}

var (
	stateMu sync.Mutex
	state   int
)

func reset() {
	stateMu.Lock()
	state = 0
	stateMu.Lock() // want
}

func bump() {
	stateMu.Lock()
	state++
	if state > 9 {
		reset() // want
	}
	stateMu.Unlock()
}

type bank struct {
	mu       sync.Mutex
	accounts []int
}

func (b *bank) sumDeferred() int {
	sum := 0
	for _, a := range b.accounts {
		b.mu.Lock() // want
		defer b.mu.Unlock()
		sum += a
	}
	return sum
}
