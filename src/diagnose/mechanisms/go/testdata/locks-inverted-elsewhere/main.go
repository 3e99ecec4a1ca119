package main

import (
	"sync"
	"time"
)

type orders struct {
	n     int
	mu    sync.Mutex
	stock *stock
}

type stock struct {
	n      int
	mu     sync.Mutex
	orders *orders
}

func (o *orders) place() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n++
	o.stock.take()
}

func (o *orders) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.n
}

func (o *orders) archive() {
	o.mu.Lock()
	defer o.mu.Unlock()
	time.Sleep(time.Hour)
}

func (s *stock) take() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
}

func (s *stock) audit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n + s.orders.count()
}

func (s *stock) recount() {
	s.mu.Lock()
	defer s.mu.Unlock()
	time.Sleep(time.Hour)
}

// The two circles never touch: each waits for somebody who is merely slow.
func main() {
	first, second := &orders{}, &orders{}
	first.stock, second.stock = &stock{orders: first}, &stock{orders: second}
	go first.stock.recount()
	go second.archive()
	time.Sleep(100 * time.Millisecond)
	go first.place()
	go second.stock.audit()
	for {
		time.Sleep(time.Second)
	}
}
