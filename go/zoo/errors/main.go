// Command errors provokes the errors that Go services log and prints the text of each, so that what
// src/knowledge/go-errors knows is what Go writes and not what somebody remembers of it.
//
//	go run -trimpath ./zoo/errors [id…] > file.ndjson
//
// One id is one error. A line is {"id","text"}; servers and clients are on the loopback of the program itself.
// An error that changes the whole process (limits, user) is provoked in a child, which is this program again.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"
)

// provocations by id; each returns the text as a service would log it.
var provocations = map[string]func() string{}

// children by name: run as `errors child <name>`, print the text themselves.
var children = map[string]func(){}

func provoke(id string, f func() string) { provocations[id] = f }

func main() {
	if len(os.Args) == 3 && os.Args[1] == "child" {
		children[os.Args[2]]()
		return
	}
	ids := os.Args[1:]
	if len(ids) == 0 {
		for id := range provocations {
			ids = append(ids, id)
		}
		sort.Strings(ids)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, id := range ids {
		f, known := provocations[id]
		if !known {
			fmt.Fprintf(os.Stderr, "no error is called %s\n", id)
			os.Exit(2)
		}
		text := strings.TrimRight(within(20*time.Second, id, f), "\n")
		if err := out.Encode(struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		}{id, text}); err != nil {
			panic(err)
		}
	}
}

// within gives up on a provocation that hangs: a recording must end.
func within(limit time.Duration, id string, f func() string) string {
	done := make(chan string, 1)
	go func() { done <- f() }()
	select {
	case text := <-done:
		return text
	case <-time.After(limit):
		fmt.Fprintf(os.Stderr, "%s: nothing after %s\n", id, limit)
		os.Exit(1)
		return ""
	}
}

// said is the text of an error, empty if there was none: the recorder refuses an empty text.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// panicked is the text of what f panics with.
func panicked(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

// child runs this program again as the named child and returns what it printed.
func child(name string, prepare func(*exec.Cmd)) string {
	self, err := os.Executable()
	must(err)
	cmd := exec.Command(self, "child", name)
	cmd.Stderr = os.Stderr
	if prepare != nil {
		prepare(cmd)
	}
	out, _ := cmd.Output()
	return string(out)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
