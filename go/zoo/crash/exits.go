package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

func init() {
	// exit code 2, as after a panic, but no panic: the usual end of a container whose arguments were changed
	failures["flag-error"] = func() {
		service := flag.NewFlagSet("orders", flag.ExitOnError)
		service.Duration("reserve-timeout", time.Second, "how long a reservation may take")
		service.Parse([]string{"-reserve-timeout=300"})
	}
	failures["flag-unknown"] = func() {
		service := flag.NewFlagSet("orders", flag.ExitOnError)
		service.String("listen", ":8080", "address to listen on")
		service.Parse([]string{"-listen-addr=:9090"})
	}
	failures["log-fatal"] = func() {
		log.Fatal("open config: ", errors.New("open /etc/orders/config.yaml: no such file or directory"))
	}
	failures["log-panic"] = func() { log.Panicf("cannot start: %v", ledger.ErrOverdrawn) }
	failures["exit-1"] = func() {
		fmt.Fprintln(os.Stderr, "Error: unknown command \"serv\" for \"orders\"\nRun 'orders --help' for usage.")
		os.Exit(1)
	}
	failures["exit-0"] = func() { fmt.Println("done") }
	failures["killed"] = func() { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
	failures["terminated"] = func() { syscall.Kill(os.Getpid(), syscall.SIGTERM); time.Sleep(time.Second) }
	failures["aborted"] = func() { syscall.Kill(os.Getpid(), syscall.SIGABRT); time.Sleep(time.Second) }

	failures["out-of-memory"] = func() {
		limit := syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30}
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
			panic(err)
		}
		kept := [][]byte{}
		for {
			kept = append(kept, grow(64<<20))
		}
	}
	failures["thread-exhaustion"] = func() {
		debug.SetMaxThreads(12)
		for i := 0; i < 20; i++ {
			go blockedInKernel()
		}
		time.Sleep(time.Second)
	}
	failures["go-nil-func"] = func() {
		var refresh func()
		go refresh()
		time.Sleep(time.Second)
	}
	// a mapped file that was cut under the reader: SIGBUS at a real address
	failures["fault-address"] = func() {
		file, err := os.CreateTemp("", "journal")
		if err != nil {
			panic(err)
		}
		os.Remove(file.Name())
		file.Truncate(1 << 16)
		mapped, err := syscall.Mmap(int(file.Fd()), 0, 1<<16, syscall.PROT_READ, syscall.MAP_SHARED)
		if err != nil {
			panic(err)
		}
		file.Truncate(0)
		worker(func() { fmt.Println(checksum(mapped)) })
	}
}

//go:noinline
func grow(n int) []byte {
	block := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		block[i] = 1
	}
	return block
}

func blockedInKernel() {
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	syscall.Read(pipe[0], make([]byte, 1))
}

//go:noinline
func checksum(data []byte) (sum byte) {
	for _, b := range data {
		sum += b
	}
	return sum
}
