// Package roster takes names until the channel is closed, which nobody does.
package roster

import (
	"sync"
	"time"
)

// Names collects what the sources know.
func Names(sources []func() string) []string {
	found := make(chan string)
	var all sync.WaitGroup
	for _, source := range sources {
		all.Add(1)
		go func() {
			defer all.Done()
			found <- source()
		}()
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	all.Wait()
	return names
}

// RunHealthy collects from a source that takes its time.
func RunHealthy() {
	Names([]func() string{func() string { return "ada" }, func() string { time.Sleep(time.Hour); return "grace" }})
}

// Run collects from two sources.
func Run() {
	Names([]func() string{func() string { return "ada" }, func() string { return "grace" }})
}
