package main

import (
	"sync"
	"time"
)

var (
	usersMu    sync.Mutex
	sessionsMu sync.Mutex
	users      = map[string]int{}
	sessions   = map[string]int{}
)

func login(name string) {
	usersMu.Lock()
	defer usersMu.Unlock()
	users[name]++
	time.Sleep(time.Millisecond)
	sessionsMu.Lock()
	defer sessionsMu.Unlock()
	sessions[name]++
}

func expire(name string) {
	sessionsMu.Lock()
	defer sessionsMu.Unlock()
	delete(sessions, name)
	time.Sleep(time.Millisecond)
	usersMu.Lock()
	users[name]--
	usersMu.Unlock()
}

func main() {
	for i := 0; i < 4; i++ {
		go func() {
			for {
				login("a")
			}
		}()
		go func() {
			for {
				expire("a")
			}
		}()
	}
	select {
	case <-time.After(time.Hour):
	}
}
