package nearmiss

import (
	"context"
	"io"
)

type task struct{ n int }

// Closed by a method in another file, through a callee.
type Pool struct {
	tasks chan task
	quit  chan struct{}
}

func NewPool() *Pool {
	p := &Pool{tasks: make(chan task), quit: make(chan struct{})}
	go p.work()
	return p
}

func (p *Pool) work() {
	for t := range p.tasks {
		_ = t
	}
}

func (p *Pool) Submit(n int) { p.tasks <- task{n} }

// A way out of its own.
type Leaving struct {
	in   chan task
	quit chan struct{}
}

func (l *Leaving) Start() {
	l.in = make(chan task)
	go func() {
		for t := range l.in {
			select {
			case <-l.quit:
				return
			default:
			}
			if t.n < 0 {
				break
			}
		}
	}()
}

func (l *Leaving) Put(n int) { l.in <- task{n} }

// Returned: the caller may close it.
func Lines() chan string {
	lines := make(chan string)
	go func() {
		for l := range lines {
			_ = l
		}
	}()
	lines <- "first"
	return lines
}

// Given to code that is not at hand.
func Handed(register func(chan int)) {
	values := make(chan int)
	go func() {
		for v := range values {
			_ = v
		}
	}()
	register(values)
	values <- 1
}

// Stored under another name.
type other struct{ sink chan int }

var kept other

func Stored() {
	values := make(chan int)
	kept.sink = values
	go func() {
		for v := range values {
			_ = v
		}
	}()
	values <- 1
}

// Exported: any package may close it.
type Open struct{ Tasks chan task }

func (o *Open) Run() {
	o.Tasks = make(chan task)
	go func() {
		for t := range o.Tasks {
			_ = t
		}
	}()
	o.Tasks <- task{1}
}

// A parameter with callers that nobody here knows.
func Drain(values chan int) {
	go func() {
		for v := range values {
			_ = v
		}
	}()
	values <- 1
}

// Made elsewhere, and closed there under its local name.
type given struct{ in chan int }

func NewGiven() *given {
	in := make(chan int)
	g := &given{in: in}
	go g.run()
	g.in <- 1
	close(in)
	return g
}

func (g *given) run() {
	for v := range g.in {
		_ = v
	}
}

// A timer's channel, somebody else's field, and a reader's own loop.
func Foreign(ctx context.Context, r io.Reader, in <-chan int) {
	go func() {
		for v := range in {
			_ = v
		}
	}()
	_, _ = ctx, r
}

// No goroutine: the caller itself waits, and waker-may-leave says what there is to say.
type sum struct{ parts chan int }

func (s *sum) Total() int {
	s.parts = make(chan int)
	go func() { s.parts <- 1 }()
	n := 0
	for p := range s.parts {
		n += p
	}
	return n
}

// A slice, a map and a number are no channels.
type lists struct{ all []int }

func (l *lists) Walk() {
	go func() {
		for range l.all {
		}
		for range 3 {
		}
	}()
}
