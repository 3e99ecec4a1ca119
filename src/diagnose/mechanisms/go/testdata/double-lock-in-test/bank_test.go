package bank

import "testing"

func TestAdd(t *testing.T) {
	b := &Bank{}
	if b.Add(3) != 3 {
		t.Fatal("wrong")
	}
}
