package match

import "sync"

func count(districts []string, read func(string) (int, error)) int {
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for _, d := range districts {
		all.Add(1)
		go func() {
			n, err := read(d)
			if err != nil {
				return // want
			}
			mu.Lock()
			sum += n
			mu.Unlock()
			all.Done()
		}()
	}
	all.Wait()
	return sum
}

func open(load func()) {
	var mu sync.Mutex
	stocked := sync.NewCond(&mu)
	go func() {
		load()
		stocked.Signal()
	}()
	mu.Lock()
	stocked.Wait() // want
	mu.Unlock()
}

func names(sources []func() string) []string {
	found := make(chan string)
	for _, source := range sources {
		go func() { found <- source() }()
	}
	var names []string
	for name := range found { // want
		names = append(names, name)
	}
	return names
}

func first(ask func() (string, error)) string {
	answer := make(chan string)
	go func() {
		a, err := ask()
		if err != nil {
			return // want
		}
		answer <- a
	}()
	return <-answer
}
