package main

import (
	"sync"
	"time"
)

type orders struct {
	mu    sync.Mutex
	n     int
	stock *stock
}

type stock struct {
	mu     sync.Mutex
	n      int
	orders *orders
}

func (o *orders) place() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n++
	time.Sleep(time.Millisecond)
	o.stock.take()
}

func (o *orders) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.n
}

func (s *stock) take() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
}

func (s *stock) audit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	time.Sleep(time.Millisecond)
	return s.n + s.orders.count()
}

func main() {
	o := &orders{}
	s := &stock{orders: o}
	o.stock = s
	go func() {
		for {
			o.place()
		}
	}()
	go func() {
		for {
			s.audit()
		}
	}()
	for {
		time.Sleep(time.Second)
	}
}
