// Command races has data races of the kinds a report tells apart: heap, global, and one in a test-like loop.
package main

import (
	"fmt"
	"sync"
)

var total int

type order struct{ cents int }

func (o *order) add(n int) { o.cents += n }

func main() {
	var w sync.WaitGroup
	o := &order{}
	for i := 0; i < 2; i++ {
		w.Add(1)
		go func(i int) {
			defer w.Done()
			o.add(i)
			total += i
		}(i)
	}
	total++
	w.Wait()
	values := map[string]int{}
	done := make(chan bool)
	go func() { values["a"] = 1; close(done) }()
	fmt.Println(len(values))
	<-done
}
