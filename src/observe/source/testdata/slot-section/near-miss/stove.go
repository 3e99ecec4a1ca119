package miss

// without a buffer nobody is let in: a signal
type gate struct{ open chan struct{} }

func newGate() *gate { return &gate{open: make(chan struct{})} }

func (g *gate) pass(f func()) {
	g.open <- struct{}{}
	f()
	<-g.open
}

// values are sent: a queue
type queue struct{ work chan int }

func newQueue() *queue { return &queue{work: make(chan int, 4)} }

func (q *queue) turn(f func(int)) {
	q.work <- 1
	f(<-q.work)
}

// handed to code that is not at hand
type shop struct{ places chan struct{} }

func newShop() *shop { return &shop{places: make(chan struct{}, 4)} }

func (s *shop) serve(f func(chan struct{})) {
	s.places <- struct{}{}
	f(s.places)
	<-s.places
}

// read until it is closed
type bell struct{ rings chan struct{} }

func newBell() *bell { return &bell{rings: make(chan struct{}, 4)} }

func (b *bell) ring() {
	b.rings <- struct{}{}
	<-b.rings
}

func (b *bell) listen(f func()) {
	for range b.rings {
		f()
	}
}

// a signal with room for one: nobody has put a token in beforehand
type job struct{ done chan struct{} }

func newJob() *job { return &job{done: make(chan struct{}, 1)} }

func (j *job) run(work func()) {
	go func() {
		work()
		j.done <- struct{}{}
	}()
	<-j.done
}
