package main

import "testing"

func TestMutedTopicsAreNotSent(t *testing.T) {
	d := newDirectory()
	d.mute("c-007", "offers")
	if _, ok := d.wants("c-007", "offers"); ok {
		t.Error("a muted topic is still wanted")
	}
	if address, ok := d.wants("c-007", "orders"); !ok || address != "c-007@customers.example" {
		t.Errorf("orders: %q, %v", address, ok)
	}
}

func TestNewcomersWantEverything(t *testing.T) {
	d := newDirectory()
	before := d.size()
	if _, ok := d.wants("c-900", "offers"); !ok || d.size() != before+1 {
		t.Errorf("ok %v, size %d", ok, d.size())
	}
}
