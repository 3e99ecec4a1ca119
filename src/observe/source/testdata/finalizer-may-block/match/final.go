package pkg

import (
	"runtime"
	"sync"
)

type picture struct{ pixels []byte }

type lender struct {
	mu       sync.Mutex
	returned chan string
	count    int
}

func (l *lender) lend() *picture {
	p := &picture{make([]byte, 1<<16)}
	runtime.SetFinalizer(p, l.release) // want
	return p
}

func (l *lender) release(p *picture) { l.returned <- "one" }

func (l *lender) locked() *picture {
	p := &picture{}
	runtime.SetFinalizer(p, func(*picture) { // want
		l.mu.Lock()
		l.count++
		l.mu.Unlock()
	})
	return p
}

var gate = make(chan struct{})

func (p *picture) close() { <-gate }

func method() *picture {
	p := &picture{}
	runtime.SetFinalizer(p, (*picture).close) // want
	return p
}
