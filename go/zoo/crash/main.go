// Command crash ends a Go process in one of the ways a Go process ends, so that what is read as a crash is what the
// runtime writes and not what somebody remembers of it.
//
//	go run -trimpath ./zoo/crash [-log json|text|std] <failure>
//
// One subcommand is one failure. -log writes a few ordinary log lines first, because in a container the crash text
// stands between them. Only the standard library of Go 1.19 is used; what is newer stands in files with a build tag.
package main

import (
	"flag"
	"fmt"
	"os"
	"sort"
)

// failures maps a subcommand to what it does. The files of this folder fill it in.
var failures = map[string]func(){}

// preambles maps a value of -log to the logger that writes the lines before the crash.
var preambles = map[string]func(){}

func main() {
	preamble := flag.String("log", "", "lines written before the failure: "+fmt.Sprint(names(preambles)))
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: crash [-log format] <failure>, one of %v\n", names(failures))
		flag.PrintDefaults()
	}
	flag.Parse()
	fail := failures[flag.Arg(0)]
	if flag.NArg() < 1 || fail == nil || (*preamble != "" && preambles[*preamble] == nil) {
		flag.Usage()
		os.Exit(64)
	}
	if *preamble != "" {
		preambles[*preamble]()
	}
	fail()
}

func names(of map[string]func()) []string {
	all := make([]string, 0, len(of))
	for name := range of {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
