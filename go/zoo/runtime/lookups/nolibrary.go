//go:build !cgo

package main

// lookup has no library to ask.
func lookup(name string) int { return len(name) }
