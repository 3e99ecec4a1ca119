package main

import (
	"errors"
	"fmt"
	"sync"
)

func count(names []string, read func(string) (int, error)) int {
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for _, n := range names {
		all.Add(1)
		go func() {
			v, err := read(n)
			if err != nil {
				return
			}
			mu.Lock()
			sum += v
			mu.Unlock()
			all.Done()
		}()
	}
	all.Wait()
	return sum
}

func main() {
	fmt.Println(count([]string{"a", "b"}, func(n string) (int, error) {
		if n == "b" {
			return 0, errors.New("no")
		}
		return 1, nil
	}))
}
