package main

import (
	"fmt"
	"sync"
)

// preferences are how a customer wants to be told.
type preferences struct {
	address string
	muted   map[string]bool // topics
}

// directory knows every customer's preferences. Newcomers are entered when they are first mentioned.
type directory struct {
	mu         sync.Mutex
	byCustomer map[string]*preferences
}

// newDirectory starts with the regulars.
func newDirectory() *directory {
	d := &directory{byCustomer: map[string]*preferences{}}
	for i := range 50 {
		id := fmt.Sprintf("c-%03d", i)
		d.byCustomer[id] = &preferences{address: id + "@customers.example", muted: map[string]bool{}}
	}
	return d
}

func (d *directory) find(customer string) *preferences {
	p, ok := d.byCustomer[customer]
	if !ok {
		p = &preferences{address: customer + "@customers.example"}
		d.byCustomer[customer] = p
	}
	return p
}

// wants tells whether a customer wants to hear about a topic, and where.
func (d *directory) wants(customer, topic string) (address string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.find(customer)
	return p.address, !p.muted[topic]
}

// mute ends a customer's messages on a topic.
func (d *directory) mute(customer, topic string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.find(customer).muted[topic] = true
}

func (d *directory) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.byCustomer)
}
