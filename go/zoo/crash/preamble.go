package main

import (
	"log"
	"os"
)

func init() {
	preambles["std"] = func() {
		logger := log.New(os.Stderr, "[orders] ", log.LstdFlags|log.Lmicroseconds|log.Lshortfile)
		logger.Printf("listening on %s", ":8080")
		logger.Printf("posting batch of %d entries", 1)
	}
}
