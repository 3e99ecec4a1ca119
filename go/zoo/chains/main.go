// Command chains runs small fleets in which one error brings about others, and keeps each service's log: what
// src/observe/errors reads and the mechanisms of src/diagnose/mechanisms/errors are held against.
//
//	chains -dir DIR [-well] <scenario>
//
// Each service is a process of its own, this program again; the load comes from the first. Three seconds in, the fault
// begins, three to five seconds later all end. With -well it never begins. Everything is on the loopback.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	wellFor = 3 * time.Second
	illFor  = 5 * time.Second
)

// scenario is a fleet: the first service is called by the load.
type scenario struct {
	services []string
	route    string
	rate     float64
	// patience of the load; zero: two seconds.
	patience time.Duration
	// restart a service that ends.
	restart bool
	dumps   string
	// traced: the service of which an execution trace is taken while the fault lasts.
	traced string
	// skew of the clocks that stamp the logs.
	skew map[string]time.Duration
}

var scenarios = map[string]scenario{
	"dns":           {services: []string{"orders", "inventory"}, route: "/orders", rate: 20},
	"certificate":   {services: []string{"orders", "inventory"}, route: "/orders", rate: 20},
	"crash":         {services: []string{"orders", "inventory"}, route: "/orders", rate: 20, restart: true},
	"files":         {services: []string{"orders", "inventory"}, route: "/orders", rate: 20},
	"idle":          {services: []string{"orders", "inventory"}, route: "/orders", rate: 4.6},
	"field-type":    {services: []string{"orders", "inventory"}, route: "/orders", rate: 20},
	"read-timeout":  {services: []string{"uploads", "archive"}, route: "/upload", rate: 15},
	"write-timeout": {services: []string{"orders", "inventory"}, route: "/orders", rate: 15},
	"cancel-crash":  {services: []string{"gateway", "orders"}, route: "/checkout", rate: 20, restart: true},
	"pile-up":       {services: []string{"gateway", "orders"}, route: "/checkout", rate: 20, dumps: "orders"},
	"timer":         {services: []string{"orders", "inventory"}, route: "/orders", rate: 15},
	"retry":         {services: []string{"orders", "inventory"}, route: "/orders", rate: 10, patience: 4 * time.Second},
	"pool":          {services: []string{"orders", "inventory"}, route: "/orders", rate: 12},
	"budget":        {services: []string{"gateway", "users", "orders"}, route: "/checkout", rate: 15},
	"sql":           {services: []string{"orders"}, route: "/orders", rate: 15, dumps: "orders"},
	"handler":       {services: []string{"orders", "inventory"}, route: "/orders", rate: 15},
	"spent-hops":    {services: []string{"gateway", "users", "orders", "inventory"}, route: "/checkout", rate: 12, skew: map[string]time.Duration{"users": -740 * time.Millisecond, "orders": 310 * time.Millisecond}},
	"spent-callee":  {services: []string{"gateway", "users", "orders", "inventory"}, route: "/checkout", rate: 12},
	"spent-within":  {services: []string{"gateway", "users", "orders", "inventory"}, route: "/checkout", rate: 12},
	"spent-cancel":  {services: []string{"gateway", "users", "orders", "inventory"}, route: "/checkout", rate: 12, patience: 420 * time.Millisecond},
	"spent-retries": {services: []string{"orders", "inventory"}, route: "/orders", rate: 12},
	"spent-queue":   {services: []string{"orders", "inventory", "archive"}, route: "/orders", rate: 60, dumps: "orders"},
	"convoy-traced": {services: []string{"orders", "archive"}, route: "/orders", rate: 65, patience: 10 * time.Second, dumps: "orders", traced: "orders"},
	"spent-skewed":  {services: []string{"gateway", "users", "orders"}, route: "/checkout", rate: 15, skew: map[string]time.Duration{"users": -740 * time.Millisecond, "orders": 310 * time.Millisecond}},
}

func main() {
	dir := flag.String("dir", ".", "where the logs go")
	well := flag.Bool("well", false, "the fault never begins")
	serve := flag.String("serve", "", "be this service of the scenario")
	flag.Parse()
	s, known := scenarios[flag.Arg(0)]
	if !known {
		names := make([]string, 0, len(scenarios))
		for name := range scenarios {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: chains -dir DIR [-well] <scenario>, one of %v\n", names)
		os.Exit(2)
	}
	if *serve != "" {
		be(*serve, flag.Arg(0))
		return
	}
	if err := run(s, flag.Arg(0), *dir, *well); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type child struct {
	name string
	env  []string
	log  *os.File
	cmd  *exec.Cmd
	done chan struct{}
}

func (c *child) start(scenario string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c.cmd = exec.Command(self, "-serve", c.name, scenario)
	c.cmd.Env = c.env
	c.cmd.Stderr = c.log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.done = make(chan struct{})
	if err := c.cmd.Start(); err != nil {
		return err
	}
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(c.cmd, c.done)
	return nil
}

func run(s scenario, name, dir string, well bool) error {
	faultAt := time.Now().Add(wellFor + time.Second)
	if well {
		faultAt = faultAt.Add(time.Hour)
	}
	env := []string{"TZ=UTC", "FAULT_AT=" + strconv.FormatInt(faultAt.UnixMilli(), 10)}
	addresses := map[string]string{}
	for _, service := range s.services {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		addresses[service] = l.Addr().String()
		l.Close()
		env = append(env, "AT_"+service+"="+addresses[service], "SKEW_"+service+"="+s.skew[service].String())
	}
	var children []*child
	for i := len(s.services) - 1; i >= 0; i-- {
		log, err := os.Create(filepath.Join(dir, s.services[i]+".log"))
		if err != nil {
			return err
		}
		c := &child{name: s.services[i], env: env, log: log}
		children = append(children, c)
		if err := c.start(name); err != nil {
			return err
		}
		waitFor(addresses[s.services[i]])
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Until(faultAt)+illFor)
	if well {
		ctx, cancel = context.WithTimeout(context.Background(), wellFor+illFor/3)
	}
	defer cancel()
	var group sync.WaitGroup
	if s.restart {
		for _, c := range children {
			group.Go(func() { supervise(ctx, c, name) })
		}
	}
	if s.dumps != "" {
		group.Go(func() { dump(ctx, addresses[s.dumps], dir, s.dumps) })
	}
	if s.traced != "" {
		after := wellFor / 2
		if !well {
			after = time.Until(faultAt) + illFor/3
		}
		group.Go(func() { trace(ctx, addresses[s.traced], dir, s.traced, after) })
	}
	load(ctx, s, "http://"+addresses[s.services[0]]+s.route)
	group.Wait()
	for _, c := range children {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.done:
		case <-time.After(2 * time.Second):
			_ = c.cmd.Process.Kill()
			<-c.done
		}
		c.log.Close()
	}
	return nil
}

// supervise starts a child again a second and a half after it ended, as a kubelet would after its back-off.
func supervise(ctx context.Context, c *child, scenario string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.done:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(1500 * time.Millisecond):
		}
		if c.start(scenario) != nil {
			return
		}
	}
}

// dump takes the goroutines of a service every two seconds.
func dump(ctx context.Context, address, dir, service string) {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(1900 * time.Millisecond):
		}
		res, err := http.Get("http://" + address + "/debug/pprof/goroutine?debug=2")
		if err != nil {
			continue
		}
		data, _ := io.ReadAll(res.Body)
		res.Body.Close()
		_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("goroutine-%s-%s.debug2.txt", service, time.Now().UTC().Format("20060102T150405Z"))), data, 0o644)
	}
}

// trace takes an execution trace of a service, once.
func trace(ctx context.Context, address, dir, service string, after time.Duration) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(after):
	}
	res, err := http.Get("http://" + address + "/debug/pprof/trace?seconds=2")
	if err != nil {
		return
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("trace-%s-%s.out", service, time.Now().UTC().Format("20060102T150405Z"))), data, 0o644)
}

func waitFor(address string) {
	for range 200 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var traces atomic.Uint64

func load(ctx context.Context, s scenario, url string) {
	patience := s.patience
	if patience == 0 {
		patience = 2 * time.Second
	}
	client := &http.Client{Timeout: patience}
	var group sync.WaitGroup
	tick := time.NewTicker(time.Duration(float64(time.Second) / s.rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			group.Wait()
			return
		case <-tick.C:
			group.Go(func() {
				req, err := http.NewRequest(http.MethodPost, url, http.NoBody)
				if err != nil {
					return
				}
				req.Header.Set("Traceparent", fmt.Sprintf("00-%016x%016x-%016x-01", 0x4bf92f3577b34da6, traces.Add(1)*0x9e3779b97f4a7c15, traces.Load()))
				res, err := client.Do(req)
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
			})
		}
	}
}
