package miss

import "sync"

// Done is deferred
func count(districts []string, read func(string) (int, error)) int {
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for _, d := range districts {
		all.Add(1)
		go func() {
			defer all.Done()
			n, err := read(d)
			if err != nil {
				return
			}
			mu.Lock()
			sum += n
			mu.Unlock()
		}()
	}
	all.Wait()
	return sum
}

// looks whether it has been told
func open(load func()) {
	var mu sync.Mutex
	ready := false
	stocked := sync.NewCond(&mu)
	go func() {
		load()
		mu.Lock()
		ready = true
		mu.Unlock()
		stocked.Signal()
	}()
	mu.Lock()
	for !ready {
		stocked.Wait()
	}
	mu.Unlock()
}

// closed when all have sent
func names(sources []func() string) []string {
	found := make(chan string)
	var all sync.WaitGroup
	for _, source := range sources {
		all.Add(1)
		go func() {
			defer all.Done()
			found <- source()
		}()
	}
	go func() {
		all.Wait()
		close(found)
	}()
	var names []string
	for name := range found {
		names = append(names, name)
	}
	return names
}

// answers in both cases
func first(ask func() (string, error)) string {
	answer := make(chan string)
	go func() {
		a, err := ask()
		if err != nil {
			answer <- "nobody knows"
			return
		}
		answer <- a
	}()
	return <-answer
}

// others can reach it as well
type desk struct{ answers chan string }

func (d *desk) first(ask func() (string, error)) string {
	go func() {
		a, err := ask()
		if err != nil {
			return
		}
		d.answers <- a
	}()
	return <-d.answers
}

// handed on: whoever has it may send as well
func shared(ask func(chan string) error) string {
	answer := make(chan string)
	go func() {
		if ask(answer) != nil {
			return
		}
		answer <- "asked"
	}()
	return <-answer
}
