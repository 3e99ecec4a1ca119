package main

import (
	"bytes"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// serverLog keeps what http.Server writes to its ErrorLog.
type serverLog struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan struct{}
}

func newServerLog() *serverLog { return &serverLog{line: make(chan struct{}, 1000)} }

func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line <- struct{}{}
	return l.text.Write(p)
}

// first waits for a line and returns all that was logged.
func (l *serverLog) first() string {
	select {
	case <-l.line:
	case <-time.After(10 * time.Second):
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	return l
}

// closedPort is an address at which nobody listens any more.
func closedPort() string {
	l := listen()
	defer l.Close()
	return l.Addr().String()
}

// serve runs handler; the log holds what the server itself says.
func serve(handler http.HandlerFunc, change func(*http.Server)) (url string, said *serverLog, stop func()) {
	said = newServerLog()
	server := &http.Server{Handler: handler, ErrorLog: log.New(said, "", 0)}
	if change != nil {
		change(server)
	}
	l := listen()
	go server.Serve(l)
	return "http://" + l.Addr().String(), said, func() { server.Close() }
}

// raw accepts connections and hands each to f; f's return closes it.
func raw(f func(net.Conn)) (address string, stop func()) {
	l := listen()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				f(conn)
			}()
		}
	}()
	return l.Addr().String(), func() { l.Close() }
}

// silent accepts and never answers.
func silent() (address string, stop func()) {
	return raw(func(conn net.Conn) { hold(conn) })
}

// hold keeps a connection open until the other side closes it.
func hold(conn net.Conn) {
	buf := make([]byte, 4096)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// request reads one request head, whatever it is.
func request(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 4096)
	_, _ = conn.Read(buf)
	conn.SetReadDeadline(time.Time{})
}

// reset closes a connection with RST instead of FIN.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func get(client *http.Client, url string) error {
	res, err := client.Get(url)
	if err == nil {
		res.Body.Close()
	}
	return err
}
