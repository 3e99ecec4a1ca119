package match

import "sync"

func collect(n int) []int {
	out := make(chan int)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	wg.Wait() // want
	var all []int
	for range n {
		all = append(all, <-out)
	}
	return all
}

func ranged(n int) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		go func() {
			out <- i
			wg.Done()
		}()
	}
	wg.Wait() // want
	close(out)
	for v := range out {
		sum += v
	}
	return sum
}
