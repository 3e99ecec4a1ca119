//go:build cgo

package main

/*
#include <poll.h>

static int answer_of(int name) {
	poll(0, 0, -1); // no answer comes
	return name;
}
*/
import "C"

// lookup waits for the library.
func lookup(name string) int {
	return int(C.answer_of(C.int(len(name))))
}
