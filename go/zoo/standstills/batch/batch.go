// Package batch waits for its workers with its lock held, and they need the lock to store what they found.
package batch

import (
	"strings"
	"sync"
)

// Index is what batches are stored in.
type Index struct {
	mu    sync.RWMutex
	words map[string]int
}

// Add indexes some texts at once.
func (x *Index) Add(texts []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all sync.WaitGroup
	for _, text := range texts {
		all.Add(1)
		go func() {
			defer all.Done()
			x.store(strings.Fields(text))
		}()
	}
	all.Wait()
}

func (x *Index) store(words []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, w := range words {
		x.words[w]++
	}
}

// Run adds one batch.
func Run() {
	x := &Index{words: map[string]int{}}
	x.Add([]string{"to be or not to be", "that is the question"})
}
