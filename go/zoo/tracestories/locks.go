package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"time"
)

// rates answers every line after 4 ms.
func rates() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				in := bufio.NewScanner(c)
				for in.Scan() {
					time.Sleep(4 * time.Millisecond)
					fmt.Fprintln(c, "1.25")
				}
			}()
		}
	}()
	return l
}

// rateClient asks over one connection.
type rateClient struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialRates(l net.Listener) *rateClient {
	c, err := net.Dial("tcp", l.Addr().String())
	check(err)
	return &rateClient{c, bufio.NewReader(c)}
}

func (c *rateClient) Rate() string {
	fmt.Fprintln(c.conn, "rate")
	line, err := c.in.ReadString('\n')
	check(err)
	return line
}

// Accounts is a book of accounts in several currencies.
type Accounts struct {
	mu       sync.Mutex
	balances map[string]int
}

// PostAtRate asks for the rate under the lock.
func (a *Accounts) PostAtRate(c *rateClient, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balances[name+c.Rate()]++
}

// PostThenLock asks for the rate first.
func (a *Accounts) PostThenLock(c *rateClient, name string) {
	rate := c.Rate()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balances[name+rate]++
}

// PostAndAudit computes under the lock.
func (a *Accounts) PostAndAudit(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balances[name]++
	compute(2 * time.Millisecond)
}

func accounts(under, computes bool) func() {
	l := rates()
	book := &Accounts{balances: map[string]int{}}
	clients := make([]*rateClient, 8)
	for i := range clients {
		clients[i] = dialRates(l)
		clients[i].Rate()
	}
	return func() {
		var wg sync.WaitGroup
		for i, c := range clients {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 12 {
					switch {
					case computes:
						book.PostAndAudit(fmt.Sprint(i))
					case under:
						book.PostAtRate(c, fmt.Sprint(i))
					default:
						book.PostThenLock(c, fmt.Sprint(i))
					}
				}
			}()
		}
		wg.Wait()
	}
}

// PostOverHTTP asks over HTTP under the lock.
func (a *Accounts) PostOverHTTP(url, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ask(url)
	a.balances[name]++
}

// overHTTP: a client of net/http waits in select, and wakes goroutines of its own while the lock is held.
func overHTTP() func() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(4 * time.Millisecond)
		fmt.Fprint(w, "1.25")
	}))
	book := &Accounts{balances: map[string]int{}}
	return func() {
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 10 {
					book.PostOverHTTP(server.URL, fmt.Sprint(i))
				}
			}()
		}
		wg.Wait()
	}
}

// Journal takes its numbers from a pipe that another process would fill.
type Journal struct {
	mu sync.Mutex
	fd int
	n  int
}

// Append reads a number by system call under the lock.
func (j *Journal) Append() {
	j.mu.Lock()
	defer j.mu.Unlock()
	var b [1]byte
	_, err := syscall.Read(j.fd, b[:])
	check(err)
	j.n += int(b[0])
}

func journal() func() {
	var fds [2]int
	check(syscall.Pipe(fds[:]))
	j := &Journal{fd: fds[0]}
	return func() {
		go func() {
			for {
				time.Sleep(3 * time.Millisecond)
				syscall.Write(fds[1], []byte{1})
			}
		}()
		var wg sync.WaitGroup
		for range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 12 {
					j.Append()
				}
			}()
		}
		wg.Wait()
	}
}

// compute uses a processor for so long.
func compute(d time.Duration) int {
	x := 1
	for end := time.Now().Add(d); time.Now().Before(end); {
		for i := range 2000 {
			x = x*31 + i
		}
	}
	return x
}
