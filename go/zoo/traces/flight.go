//go:build go1.25

package main

import (
	"log"
	"os"
	"runtime/trace"
	"time"
)

func startFlight(file *os.File) func() {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Second, MaxBytes: 1 << 20})
	if err := recorder.Start(); err != nil {
		log.Fatal(err)
	}
	return func() {
		if _, err := recorder.WriteTo(file); err != nil {
			log.Fatal(err)
		}
		recorder.Stop()
	}
}
