// Command polls hands readings on to a store, and complains when none come for a while.
package main

import (
	"flag"
	"log"
	"time"

	"gorca.dev/go/zoo/runtime/expose"
)

type reading struct {
	sensor int
	value  float64
}

// read makes readings as sensors would, a few thousand a second.
func read(out chan<- reading) {
	for n := 0; ; n++ {
		for i := 0; i < 20; i++ {
			out <- reading{i, float64(n)}
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// store takes readings until they are missing for five minutes.
func store(in <-chan reading, last []float64) {
	for {
		select {
		case r := <-in:
			last[r.sensor] = r.value
		case <-time.After(5 * time.Minute):
			log.Print("no readings for five minutes")
		}
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	readings := make(chan reading)
	go read(readings)
	go store(readings, make([]float64, 20))
	expose.Listen(*listen)
}
