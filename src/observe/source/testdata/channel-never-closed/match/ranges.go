package match

import "sync"

type task struct{ n int }

// A field: every pool has its own, and whoever drops a pool leaves its workers behind.
type Pool struct {
	mu    sync.Mutex
	tasks chan task
	done  int
}

func NewPool() *Pool {
	p := &Pool{tasks: make(chan task)}
	for range 4 {
		go p.work()
	}
	return p
}

func (p *Pool) work() {
	for t := range p.tasks { // want
		p.mu.Lock()
		p.done += t.n
		p.mu.Unlock()
	}
}

func (p *Pool) Submit(n int) { p.tasks <- task{n} }

// Stop stops nothing.
func (p *Pool) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = 0
}

// A local channel that only two goroutines see.
func Collect(values []int) {
	results := make(chan int, 4)
	sum := 0
	go func() {
		for r := range results { // want
			sum += r
		}
	}()
	for _, v := range values {
		results <- v
	}
}

// A parameter that is always given a channel of the package's own.
func Each(values []string) {
	lines := make(chan string)
	go drain(lines)
	for _, v := range values {
		lines <- v
	}
}

func drain(lines <-chan string) {
	for range lines { // want
	}
}

// Below the goroutine's entry, and a continue that leaves nothing.
type feed struct{ in chan int }

func (f *feed) start() { go f.run() }

func (f *feed) run() { f.loop() }

func (f *feed) loop() {
	for v := range f.in { // want
		if v == 0 {
			continue
		}
		f.handle(v)
	}
}

func (f *feed) handle(int) {}

func (f *feed) put(v int) { f.in <- v }

func newFeed() *feed {
	f := &feed{}
	f.in = make(chan int, 1)
	f.start()
	f.put(1)
	return f
}

var _ = newFeed
