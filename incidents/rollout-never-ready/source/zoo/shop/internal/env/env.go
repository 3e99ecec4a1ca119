// Package env reads a service's settings from its environment.
package env

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// String returns the variable's value, or fallback when it is not set.
func String(key, fallback string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return fallback
}

// Required ends the process when the variable is missing.
func Required(key string) string {
	v := os.Getenv(key)
	if v == "" {
		fail(key, "is not set")
	}
	return v
}

// Duration reads values like 250ms or 2s.
func Duration(key string, fallback time.Duration) time.Duration {
	v, ok := os.LookupEnv(key)
	if !ok {
		return fallback
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		fail(key, err.Error())
	}
	return d
}

// Int reads a whole number.
func Int(key string, fallback int) int {
	v, ok := os.LookupEnv(key)
	if !ok {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		fail(key, err.Error())
	}
	return n
}

func fail(key, why string) {
	fmt.Fprintf(os.Stderr, "config: %s %s\n", key, why)
	os.Exit(1)
}
