package match

import "errors"

var errRefused = errors.New("refused")

// tokens: taken by receiving
type desk struct{ free chan struct{} }

func open(n int) *desk {
	d := &desk{free: make(chan struct{}, n)}
	for range n {
		d.free <- struct{}{}
	}
	return d
}

func (d *desk) take() { <-d.free }
func (d *desk) give() { d.free <- struct{}{} }

func (d *desk) bill(n int) error {
	d.take()
	if n < 0 {
		return errRefused // want
	}
	d.give()
	return nil
}

// places: taken by sending
type pool struct{ busy chan struct{} }

func newPool() *pool { return &pool{busy: make(chan struct{}, 4)} }

func (p *pool) each(jobs []func() error) {
	for _, job := range jobs {
		p.busy <- struct{}{}
		if err := job(); err != nil {
			continue // want
		}
		<-p.busy
	}
}

// a local one, given back by some of the goroutines only
func all(urls []string, get func(string) error) {
	sem := make(chan struct{}, 8)
	for _, u := range urls {
		sem <- struct{}{}
		if u == "" {
			continue // want
		}
		go func() {
			defer func() { <-sem }()
			_ = get(u)
		}()
	}
}

// filled by the function that gives back
type till struct{ tokens chan struct{} }

func (t *till) acquire() { <-t.tokens }
func (t *till) release() { t.tokens <- struct{}{} }

func newTill(n int) *till {
	t := &till{tokens: make(chan struct{}, n)}
	for range n {
		t.release()
	}
	return t
}

func (t *till) sell(n int) error {
	t.acquire()
	if n < 0 {
		return errRefused // want
	}
	t.release()
	return nil
}
