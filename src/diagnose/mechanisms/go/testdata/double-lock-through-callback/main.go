package main

import (
	"fmt"
	"time"

	"example.test/dlockembedded/registry"
)

func main() {
	r := registry.New()
	go func() {
		for range time.Tick(time.Second) {
		}
	}()
	r.OnAdd(func(name string) { fmt.Println("added", name, r.Len()) })
	for _, n := range []string{"a", "b"} {
		r.Add(n)
	}
}
