package main

import "testing"

func TestAdd(t *testing.T) {
	o := &order{}
	done := make(chan bool)
	go func() { o.add(1); close(done) }()
	o.add(2)
	<-done
}
