// Command supervise runs a program again when it ends, as the small supervisors of plain machines do.
//
//	supervise [-name invoices] program [arguments…]
//
// The program writes where the supervisor writes. Between its lives stands a line of the supervisor: how it ended, after how
// long, and when it is started again. The pause doubles from one second to ten, and is one second after a minute of health.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	name := flag.String("name", "", "how the program is called in the lines of the supervisor")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *name == "" {
		*name = filepath.Base(flag.Arg(0))
	}
	log.SetPrefix("supervise: ")
	log.SetFlags(log.LstdFlags | log.LUTC | log.Lmsgprefix)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	for pause, restarts := time.Second, 0; ; restarts++ {
		child := exec.CommandContext(ctx, flag.Arg(0), flag.Args()[1:]...)
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
		began := time.Now()
		if err := child.Start(); err != nil {
			log.Fatalf("%s cannot be started: %v", *name, err)
		}
		log.Printf("%s started, pid %d, restarts %d", *name, child.Process.Pid, restarts)
		err := child.Wait()
		if ctx.Err() != nil {
			log.Printf("%s stopped", *name)
			return
		}
		lived := time.Since(began)
		if lived > time.Minute {
			pause = time.Second
		}
		log.Printf("%s exited: %s, after %s; next start in %s", *name, ending(err), lived.Round(time.Millisecond), pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, 10*time.Second)
	}
}

func ending(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.Error()
	}
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}
