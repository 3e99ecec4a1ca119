//go:build !go1.25

package main

import (
	"log"
	"os"
)

func startFlight(*os.File) func() {
	log.Fatal("a flight recorder needs Go 1.25")
	return nil
}
