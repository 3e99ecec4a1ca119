package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// scratch is a folder that does not outlive the provocation; the text names a fixed one.
func scratch(f func(folder string) string) string {
	folder, err := os.MkdirTemp("", "orders")
	must(err)
	defer os.RemoveAll(folder)
	return strings.ReplaceAll(f(folder), folder, "/var/lib/orders")
}

func opened(path string, flags int) string {
	f, err := os.OpenFile(path, flags, 0o600)
	if err == nil {
		f.Close()
	}
	return said(err)
}

func init() {
	provoke("os/no-such-file-or-directory", func() string { return opened("/etc/orders/config.yaml", os.O_RDONLY) })
	children["permission-denied"] = func() { fmt.Print(opened("/etc/shadow", os.O_RDONLY)) }
	provoke("os/permission-denied", func() string { return asNobody("permission-denied") })
	children["too-many-open-files"] = func() { exhaust(0); fmt.Print(opened("/etc/hosts", os.O_RDONLY)) }
	provoke("os/too-many-open-files", func() string { return child("too-many-open-files", nil) })
	provoke("os/no-space-left", func() string {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		must(err)
		defer f.Close()
		_, err = f.WriteString("x")
		return said(err)
	})
	provoke("os/file-already-closed", func() string {
		f, err := os.Open("/dev/null")
		must(err)
		f.Close()
		_, err = f.Read(make([]byte, 1))
		return said(err)
	})
	provoke("os/is-a-directory", func() string { return opened("/etc", os.O_WRONLY) })
	provoke("os/not-a-directory", func() string { return opened("/etc/hosts/orders.yaml", os.O_RDONLY) })
	provoke("os/file-exists", func() string { return opened("/etc/hosts", os.O_CREATE|os.O_EXCL|os.O_WRONLY) })
	provoke("os/directory-not-empty", func() string {
		return scratch(func(folder string) string {
			must(os.MkdirAll(filepath.Join(folder, "a", "b"), 0o700))
			return said(os.Remove(filepath.Join(folder, "a")))
		})
	})
	provoke("os/invalid-cross-device-link", func() string {
		return scratch(func(folder string) string {
			must(os.WriteFile(filepath.Join(folder, "a"), nil, 0o600))
			return strings.ReplaceAll(said(os.Rename(filepath.Join(folder, "a"), "/dev/shm/orders-absent")), "/dev/shm/orders-absent", "/dev/shm/orders")
		})
	})
	provoke("os/text-file-busy", func() string {
		return scratch(func(folder string) string {
			path := filepath.Join(folder, "worker")
			data, err := os.ReadFile("/bin/true")
			must(err)
			f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o700)
			must(err)
			defer f.Close()
			_, err = f.Write(data)
			must(err)
			return said(exec.Command(path).Run())
		})
	})
	children["file-too-large"] = func() {
		must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 16, Max: 16}))
		fmt.Print(scratch(func(folder string) string {
			return said(os.WriteFile(filepath.Join(folder, "a"), make([]byte, 64), 0o600))
		}))
	}
	provoke("os/file-too-large", func() string { return child("file-too-large", nil) })
	provoke("os/process-already-finished", func() string {
		cmd := exec.Command("/bin/true")
		must(cmd.Run())
		return said(cmd.Process.Signal(syscall.SIGTERM))
	})
	provoke("net/io-timeout", func() string {
		r, w, err := os.Pipe()
		must(err)
		defer w.Close()
		must(r.SetReadDeadline(time.Now().Add(10 * time.Millisecond)))
		_, err = r.Read(make([]byte, 1))
		return said(err)
	})
	provoke("net/broken-pipe+pipe", func() string {
		r, w, err := os.Pipe()
		must(err)
		r.Close()
		_, err = w.Write([]byte("x"))
		return said(err)
	})

	provoke("os-exec/not-found-in-path", func() string { return said(exec.Command("pg_dumpp").Run()) })
	provoke("os-exec/exit-status", func() string { return said(exec.Command("/bin/sh", "-c", "exit 3").Run()) })
	provoke("os-exec/signal-killed", func() string {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		return said(exec.CommandContext(ctx, "/bin/sleep", "5").Run())
	})
	provoke("os-exec/fork-exec-no-such-file", func() string { return said(exec.Command("/opt/orders/worker").Run()) })
	provoke("os-exec/fork-exec-permission-denied", func() string { return said(exec.Command("/etc").Run()) })
	provoke("os-exec/exec-format-error", func() string {
		return scratch(func(folder string) string {
			path := filepath.Join(folder, "worker")
			must(os.WriteFile(path, []byte("not a program\n"), 0o700))
			return said(exec.Command(path).Run())
		})
	})
	provoke("os-exec/not-started", func() string { return said(exec.Command("/bin/true").Wait()) })
	provoke("os-exec/already-started", func() string {
		cmd := exec.Command("/bin/true")
		must(cmd.Run())
		return said(cmd.Start())
	})
	provoke("os-exec/wait-was-already-called", func() string {
		cmd := exec.Command("/bin/true")
		must(cmd.Run())
		return said(cmd.Wait())
	})
	provoke("os-exec/wait-delay-expired", func() string {
		cmd := exec.Command("/bin/sh", "-c", "sleep 1 & exit 0")
		cmd.Stdout = &bytes.Buffer{}
		cmd.WaitDelay = 20 * time.Millisecond
		return said(cmd.Run())
	})
	provoke("os-exec/relative-to-current-directory", func() string {
		return scratch(func(folder string) string {
			must(os.WriteFile(filepath.Join(folder, "worker"), []byte("#!/bin/sh\n"), 0o700))
			must(os.Chdir(folder))
			defer os.Chdir("/")
			path := os.Getenv("PATH")
			defer os.Setenv("PATH", path)
			os.Setenv("PATH", ".")
			return said(exec.Command("worker").Run())
		})
	})
	provoke("os-exec/argument-list-too-long", func() string { return said(exec.Command("/bin/true", strings.Repeat("x", 1<<21)).Run()) })

	provoke("io/eof", func() string {
		_, err := io.ReadFull(strings.NewReader(""), make([]byte, 4))
		return said(fmt.Errorf("read frame: %w", err))
	})
	provoke("io/unexpected-eof", func() string {
		_, err := io.ReadFull(strings.NewReader("ab"), make([]byte, 4))
		return said(fmt.Errorf("read frame: %w", err))
	})
	provoke("io/closed-pipe", func() string {
		r, w := io.Pipe()
		r.Close()
		_, err := w.Write([]byte("x"))
		return said(err)
	})
	provoke("io/short-write", func() string { _, err := io.Copy(shortWriter{}, strings.NewReader("four")); return said(err) })
	provoke("io/short-buffer", func() string {
		_, err := io.ReadAtLeast(strings.NewReader("four"), make([]byte, 1), 2)
		return said(err)
	})
	provoke("io/no-progress", func() string { _, err := bufio.NewReader(stuckReader{}).ReadByte(); return said(err) })
	provoke("bufio/token-too-long", func() string {
		s := bufio.NewScanner(strings.NewReader(strings.Repeat("x", 1<<17)))
		for s.Scan() {
		}
		return said(s.Err())
	})
	provoke("sync/negative-waitgroup-counter", func() string { return panicked(func() { var wg sync.WaitGroup; wg.Done() }) })

	provoke("strconv/invalid-syntax", func() string { _, err := strconv.Atoi("12a"); return said(err) })
	provoke("strconv/value-out-of-range", func() string { _, err := strconv.ParseInt("300", 10, 8); return said(err) })
	provoke("time/cannot-parse", func() string { _, err := time.Parse(time.RFC3339, "2026-11-22 19:09:01"); return said(err) })
	provoke("time/out-of-range", func() string { _, err := time.Parse(time.RFC3339, "2026-02-30T00:00:00Z"); return said(err) })
	provoke("time/invalid-duration", func() string { _, err := time.ParseDuration("fast"); return said(err) })
	provoke("time/missing-unit", func() string { _, err := time.ParseDuration("30"); return said(err) })
	provoke("time/unknown-time-zone", func() string { _, err := time.LoadLocation("Europe/Berlinn"); return said(err) })
	provoke("time/non-positive-ticker", func() string { return panicked(func() { time.NewTicker(0) }) })
	provoke("flag/not-defined", func() string { return parsed("-listen-addr=:80") })
	provoke("flag/invalid-value", func() string { return parsed("-timeout=300") })
	provoke("flag/needs-argument", func() string { return parsed("-timeout") })
	provoke("errors/unsupported-operation", func() string { return said(fmt.Errorf("set deadline: %w", errors.ErrUnsupported)) })
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

func parsed(argument string) string {
	set := flag.NewFlagSet("orders", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Duration("timeout", time.Second, "")
	return said(set.Parse([]string{argument}))
}
