package pkg

import (
	"os"
	"runtime"
)

type picture struct {
	file   *os.File
	pixels []byte
}

type lender struct {
	returned chan string
}

func (l *lender) lend() *picture {
	p := &picture{}
	runtime.SetFinalizer(p, l.release)
	return p
}

func (l *lender) release(p *picture) {
	select {
	case l.returned <- "one":
	default:
	}
}

func opened(f *os.File) *picture {
	p := &picture{file: f}
	runtime.SetFinalizer(p, (*picture).close)
	return p
}

func (p *picture) close() { p.file.Close() }

// what waits is another goroutine
func handed(l *lender) *picture {
	p := &picture{}
	runtime.SetFinalizer(p, func(*picture) {
		go func() { l.returned <- "one" }()
	})
	return p
}

func forgotten(p *picture) { runtime.SetFinalizer(p, nil) }

// what has a cleanup is freed before the cleanup runs
func wait(n int) { <-gate }

var gate = make(chan struct{})

func cleaned() *picture {
	p := &picture{}
	runtime.AddCleanup(p, wait, 1)
	return p
}
