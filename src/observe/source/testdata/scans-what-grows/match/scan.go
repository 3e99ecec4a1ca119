package match

import "sync"

type book struct {
	mu    sync.Mutex
	names []string
	seen  map[string]int
}

func (b *book) add(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, known := range b.names { // want
		if known == name {
			return false
		}
	}
	b.names = append(b.names, name)
	return true
}

func (b *book) count(name string) int {
	b.seen[name]++
	total := 0
	for _, n := range b.seen { // want
		total += n
	}
	return total
}
