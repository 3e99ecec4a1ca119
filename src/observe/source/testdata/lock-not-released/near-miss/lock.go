package miss

import (
	"errors"
	"os"
	"sync"
)

var errSoldOut = errors.New("sold out")

// every path gives it back
type office struct {
	mu   sync.Mutex
	left map[string]int
}

func (o *office) sell(show string) error {
	o.mu.Lock()
	n, known := o.left[show]
	if !known {
		o.mu.Unlock()
		return errors.New("no such show")
	}
	if n == 0 {
		o.mu.Unlock()
		return errSoldOut
	}
	o.left[show] = n - 1
	o.mu.Unlock()
	return nil
}

func (o *office) refund(show string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left[show] == 0 {
		return errSoldOut
	}
	o.left[show]++
	return nil
}

// another function gives it back
type session struct {
	mu sync.Mutex
	n  int
}

func (s *session) use() { s.mu.Lock(); s.n++ }

func (s *session) finish() { s.mu.Unlock() }

// its caller gets the means to give it back
type store struct {
	mu sync.Mutex
	n  int
}

func (s *store) use() func() {
	s.mu.Lock()
	return s.mu.Unlock
}

// given back by what it calls, or by what it defers
type ledger struct {
	mu   sync.Mutex
	sums []int
}

func (l *ledger) add(n int) {
	l.mu.Lock()
	l.sums = append(l.sums, n)
	l.flush()
}

func (l *ledger) flush() {
	l.sums = nil
	l.mu.Unlock()
}

type closet struct {
	mu sync.Mutex
	n  int
}

func (c *closet) take() int {
	c.mu.Lock()
	defer func() { c.mu.Unlock() }()
	return c.n
}

// only tried
type door struct {
	mu sync.Mutex
	n  int
}

func (d *door) pass() bool {
	if !d.mu.TryLock() {
		return false
	}
	defer d.mu.Unlock()
	d.n++
	return true
}

// the process ends
type fuse struct {
	mu sync.Mutex
	n  int
}

func (f *fuse) blow() {
	f.mu.Lock()
	if f.n == 0 {
		os.Exit(1)
	}
	f.n--
	f.mu.Unlock()
}

// taken before the loop, given back behind it
type walker struct {
	mu   sync.Mutex
	rows []int
}

func (w *walker) sum() int {
	total := 0
	w.mu.Lock()
	for _, r := range w.rows {
		if r < 0 {
			continue
		}
		total += r
	}
	w.mu.Unlock()
	return total
}

// a mutex behind a pointer: another type gives it back
type left struct {
	mu *sync.Mutex
	n  int
}

type right struct {
	mu *sync.Mutex
	n  int
}

func (l *left) step() {
	l.mu.Lock()
	l.n++
}

func (r *right) step() {
	r.n++
	r.mu.Unlock()
}

// an embedding type takes and gives back through the promoted field
type base struct {
	guard sync.Mutex
	n     int
}

type derived struct{ base }

func (b *base) inc() {
	b.guard.Lock()
	b.n++
}

func (d *derived) rest() {
	d.guard.Unlock()
}
