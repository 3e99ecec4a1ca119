package main

import "time"

type watcher struct {
	events chan int
}

func (w *watcher) loop() {
	for e := range w.events {
		_ = e
	}
}

func main() {
	for {
		w := &watcher{}
		go w.loop()
		time.Sleep(60 * time.Millisecond)
	}
}
