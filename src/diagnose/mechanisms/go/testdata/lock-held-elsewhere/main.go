package main

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

type directory struct {
	mu    sync.Mutex
	names map[string]string
	url   string
}

func (d *directory) get(k string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[k]
}

func (d *directory) refresh() error {
	resp, err := http.Get(d.url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.names["a"] = string(b)
	d.mu.Unlock()
	return nil
}

func (d *directory) rebuild() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		spin++
	}
}

var spin int

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		c, _ := l.Accept()
		time.Sleep(time.Hour)
		c.Close()
	}()
	d := &directory{names: map[string]string{}, url: "http://" + l.Addr().String()}
	go d.refresh()
	go d.rebuild()
	time.Sleep(100 * time.Millisecond)
	for i := 0; i < 40; i++ {
		go d.get("a")
	}
	time.Sleep(time.Hour)
}
