// Command wrap runs a program and writes its two streams the way a container runtime would write them to the log file.
//
//	wrap docker|cri program [arguments…] > file
//
// docker is the json-file driver: one JSON object for each line or 16 KiB of it, a fragment has no newline at its end
// (moby, daemon/logger/copier.go and daemon/logger/jsonfilelog). cri is the format of the kubelet's log files: a line
// longer than 16 KiB, and one that ends without a newline, is marked P (containerd, internal/cri/io/logger.go).
// It implements the formats; it is not these programs. The exit code is the program's.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

const fragment = 16 << 10

func main() {
	formats := map[string]func(stream string, line []byte, whole bool) []byte{"docker": docker, "cri": cri}
	if len(os.Args) < 3 || formats[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: wrap docker|cri program [arguments…]")
		os.Exit(64)
	}
	write := formats[os.Args[1]]
	child := exec.Command(os.Args[2], os.Args[3:]...)
	var (
		mu      sync.Mutex
		streams sync.WaitGroup
	)
	follow := func(stream string, pipe io.Reader, err error) {
		if err != nil {
			fail(err)
		}
		streams.Add(1)
		go func() {
			defer streams.Done()
			eachFragment(pipe, func(line []byte, whole bool) {
				mu.Lock()
				defer mu.Unlock()
				if _, err := os.Stdout.Write(write(stream, line, whole)); err != nil {
					fail(err)
				}
			})
		}()
	}
	stdout, err := child.StdoutPipe()
	follow("stdout", stdout, err)
	stderr, err := child.StderrPipe()
	follow("stderr", stderr, err)
	if err := child.Start(); err != nil {
		fail(err)
	}
	streams.Wait()
	var exit *exec.ExitError
	if err := child.Wait(); errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	} else if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "wrap:", err)
	os.Exit(70)
}

// eachFragment calls do with each line without its newline, or with as much of it as fits one record.
func eachFragment(from io.Reader, do func(line []byte, whole bool)) {
	reader := bufio.NewReaderSize(from, fragment)
	for {
		line, err := reader.ReadSlice('\n')
		switch {
		case err == nil:
			do(bytes.TrimSuffix(line, []byte("\n")), true)
		case errors.Is(err, bufio.ErrBufferFull):
			do(line, false)
		default:
			if len(line) > 0 {
				do(line, false)
			}
			return
		}
	}
}

func docker(stream string, line []byte, whole bool) []byte {
	text := string(line)
	if whole {
		text += "\n"
	}
	record, err := json.Marshal(struct {
		Log    string    `json:"log"`
		Stream string    `json:"stream"`
		Time   time.Time `json:"time"`
	}{text, stream, time.Now().UTC()})
	if err != nil {
		fail(err)
	}
	return append(record, '\n')
}

func cri(stream string, line []byte, whole bool) []byte {
	tag := "P"
	if whole {
		tag = "F"
	}
	record := time.Now().UTC().AppendFormat(nil, time.RFC3339Nano)
	record = append(record, " "+stream+" "+tag+" "...)
	return append(append(record, line...), '\n')
}
