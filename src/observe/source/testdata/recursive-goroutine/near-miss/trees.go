package nearmiss

type node struct {
	next  *node
	value int
}

func depth(n *node) int {
	if n == nil {
		return 0
	}
	return depth(n.next) + 1
}

// The caller's goroutine.
func Depth(n *node) int { return depth(n) }

// A worker keeps its stack from one to the next.
func Worker(in <-chan *node, out chan<- int) {
	go func() {
		for n := range in {
			out <- depth(n)
		}
	}()
}

func total(n *node) int {
	sum := 0
	for ; n != nil; n = n.next {
		sum += n.value
	}
	return sum
}

// No recursion.
func Total(n *node, out chan<- int) {
	go func() { out <- total(n) }()
}
