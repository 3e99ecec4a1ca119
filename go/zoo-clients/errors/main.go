// Command errors provokes the errors of the client libraries that Go services use and prints the text of each:
// gRPC, client-go, Redis, PostgreSQL, MySQL and Kafka. It is the sibling of zoo/errors, in a module of its own because
// of what it depends on.
//
//	go run -trimpath ./errors [-postgres 127.0.0.1:5432] [-redis 127.0.0.1:6379] [id…] > file.ndjson
//
// What a server says is asked of a real one; ids that need one are left out when its address is not given.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"sort"
	"strings"
	"time"
)

var (
	postgresAt = flag.String("postgres", "", "address of a PostgreSQL that trusts user pg")
	redisAt    = flag.String("redis", "", "address of a Redis without a password")
)

var provocations = map[string]func() string{}

func provoke(id string, f func() string) { provocations[id] = f }

func main() {
	flag.Parse()
	if *postgresAt != "" {
		withPostgres()
	}
	if *redisAt != "" {
		withRedis()
	}
	ids := flag.Args()
	if len(ids) == 0 {
		for id := range provocations {
			ids = append(ids, id)
		}
		sort.Strings(ids)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, id := range ids {
		done := make(chan string, 1)
		go func() { done <- provocations[id]() }()
		select {
		case text := <-done:
			must(out.Encode(struct {
				ID   string `json:"id"`
				Text string `json:"text"`
			}{id, strings.TrimRight(text, "\n")}))
		case <-time.After(20 * time.Second):
			fmt.Fprintf(os.Stderr, "%s: nothing after 20s\n", id)
			os.Exit(1)
		}
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	return l
}

func closedPort() string {
	l := listen()
	defer l.Close()
	return l.Addr().String()
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

// hold reads until the other side closes.
func hold(conn net.Conn) {
	buf := make([]byte, 4096)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}
