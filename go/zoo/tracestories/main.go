// Command tracestories writes execution traces of programs whose answers are known: each story is a small service that does one thing, ill or well.
//
//	tracestories -story lock-across-io -out lock-across-io.trace
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
	"sort"
)

// story is what runs while it is traced; set-up that should not be in the trace is done before it returns.
type story struct {
	procs int
	says  string
	setUp func() func()
}

var stories = map[string]story{
	"lock-across-io":             {2, "eight callers of one account book, which asks a server under its lock", func() func() { return accounts(true, false) }},
	"lock-across-io.healthy":     {2, "the same, which asks the server first and locks then", func() func() { return accounts(false, false) }},
	"lock-across-http":           {2, "callers of one account book, which asks a server over HTTP under its lock", overHTTP},
	"lock-computes":              {2, "the same, which computes under its lock and asks nobody", func() func() { return accounts(false, true) }},
	"lock-across-syscall":        {2, "writers of one journal, which reads from a pipe by system call under its lock", journal},
	"channel-slow-consumer":      {2, "six producers of one channel, whose only consumer takes 3 ms an item", func() func() { return queue(6, 0, 3) }},
	"channel-idle-consumer":      {2, "one producer that needs 3 ms an item, a consumer that waits", func() func() { return queue(1, 3, 0) }},
	"channel-many-consumers":     {2, "six producers, three consumers of 3 ms an item each", consumers},
	"too-few-processors":         {1, "six requests at a time that compute, one processor", func() func() { return computing(6) }},
	"too-few-processors.healthy": {2, "one request at a time that computes, two processors", func() func() { return computing(1) }},
	"processor-quota":            {2, "four requests at a time that compute, two processors, 40 ms of every 100 ms allowed to them", func() func() { return computing(4) }},
	"processor-quota.one":        {1, "six requests at a time that compute, one processor, 15 ms of every 100 ms allowed to it", func() func() { return computing(6) }},
	"processor-quota.crowd":      {1, "sixty requests at a time that compute, one processor, 310 ms of every 400 ms allowed to it", func() func() { return crowded(60, 4) }},
	"critical-path":              {2, "a task over three goroutines: computes 5 ms, waits 20 ms for a server, computes 10 ms, sleeps 8 ms", order},
	"task-waits-for-network":     {2, "a task that waits 25 ms for a server and computes 2 ms", quote},
	"assists":                    {2, "allocates from one place far faster than the collector marks", allocating},
	"dump-of-goroutines":         {2, "somebody takes a dump of 4000 goroutines and a goroutine profile", func() func() { return dumping(4000) }},
	"mem-stats":                  {2, "reads its memory statistics at every request", memStats},
	"generations":                {2, "tasks, regions and logs for some seconds: several generations", generations},
	"many-generations":           {2, "callers that post under a lock held across a call, as tasks, and leave garbage, for seven seconds", manyGenerations},
	"healthy":                    {2, "an HTTP service under light load", healthy},
}

func main() {
	name := flag.String("story", "", "which")
	out := flag.String("out", "", "where the trace goes")
	list := flag.Bool("list", false, "print the names of all stories")
	flag.Parse()
	if *list {
		names := make([]string, 0, len(stories))
		for n := range stories {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Println(n)
		}
		return
	}
	s, ok := stories[*name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such story:", *name)
		os.Exit(2)
	}
	runtime.GOMAXPROCS(s.procs)
	run := s.setUp()
	f, err := os.Create(*out)
	check(err)
	check(trace.Start(f))
	run()
	trace.Stop()
	check(f.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
