package main

import (
	"net"
	"time"
)

var store net.Conn

func save(n int) error {
	buf := make([]byte, 1)
	_, err := store.Read(buf)
	return err
}

func collect(parts []int) error {
	out := make(chan int)
	for _, p := range parts {
		go func() { out <- p * p }()
	}
	for range parts {
		if err := save(<-out); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		c, _ := l.Accept()
		time.Sleep(time.Hour)
		c.Close()
	}()
	store, _ = net.Dial("tcp", l.Addr().String())
	for {
		go collect([]int{1, 2, 3})
		time.Sleep(90 * time.Millisecond)
	}
}
