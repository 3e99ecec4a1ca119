// Command pprof-parse does with Go's own reader what bench/peers/pprof-gorca.ts does with gorca's: it parses a profile and weighs every
// function, flat and cumulative, for the type shown first.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/google/pprof/profile"
)

func main() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	p, err := profile.Parse(f)
	if err != nil {
		log.Fatal(err)
	}
	at := len(p.SampleType) - 1
	flat, cum := map[string]int64{}, map[string]int64{}
	seen := map[string]int{}
	var total int64
	for s, sample := range p.Sample {
		v := sample.Value[at]
		if v == 0 {
			continue
		}
		total += v
		for i, location := range sample.Location {
			for k, line := range location.Line {
				if line.Function == nil {
					continue
				}
				name := line.Function.Name
				if i == 0 && k == 0 {
					flat[name] += v
				}
				if seen[name] != s+1 {
					seen[name] = s + 1
					cum[name] += v
				}
			}
		}
	}
	fmt.Printf("%d samples, %d in all, %d functions\n", len(p.Sample), total, len(cum))
}
