// Command loggers writes one short story with each of the loggers that Go services use, so that what is read
// in src/read/logs is what those libraries write and not what somebody remembers of them.
//
//	go run -trimpath ./zoo/loggers <logger> > file
//
// One subcommand is one logger in one configuration. The story is the same for all, as far as the logger can tell it:
// a start, a debug line, a slow call, a call that ended at its deadline (with a trace id, a duration and an error),
// a message of two lines, an integer above 2^53 and a duplicate or nested field.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"time"
)

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanID  = "00f067aa0ba902b7"
	bigID   = int64(9007199254740993) // 2^53 + 1: lost by every reader that parses it as a float64
	elapsed = 300*time.Millisecond + 412*time.Microsecond
)

var stories = map[string]func(){}

// deadlineError is what a client gets when its context ended, wrapped the usual way.
func deadlineError() error {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	<-ctx.Done()
	return fmt.Errorf("reserve: Post %q: %w", "http://inventory:8080/v1/reserve", ctx.Err())
}

var errStock = errors.New("no stock left\nfor sku \"A-7\"")

func main() {
	if len(os.Args) != 2 || stories[os.Args[1]] == nil {
		names := make([]string, 0, len(stories))
		for name := range stories {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: loggers <logger>, one of %v\n", names)
		os.Exit(2)
	}
	stories[os.Args[1]]()
}
