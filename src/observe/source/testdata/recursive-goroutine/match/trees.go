package match

import "sync"

type node struct {
	next  *node
	value int
}

func depth(n *node) int {
	if n == nil {
		return 0
	}
	return depth(n.next) + 1 // want
}

func All(nodes []*node) []int {
	out := make([]int, len(nodes))
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Add(1)
		go func() {
			defer all.Done()
			out[i] = depth(n)
		}()
	}
	all.Wait()
	return out
}

type walker struct{ seen int }

func (w *walker) walk(n *node) {
	if n != nil {
		w.seen++
		w.walk(n.next) // want
	}
}

func (w *walker) Start(n *node) { go w.walk(n) }
