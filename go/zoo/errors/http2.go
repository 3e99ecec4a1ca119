package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"time"
)

// Frame types of RFC 9113 §6.
const (
	frameRST      = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7
)

func frame(w io.Writer, kind, flags byte, stream uint32, payload []byte) {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(head[5:], stream)
	w.Write(append(head, payload...))
}

// http2 speaks just enough of the protocol to answer the first request as f does.
func http2(f func(net.Conn)) (url string, stop func()) {
	address, stop := raw(func(conn net.Conn) {
		in := bufio.NewReader(conn)
		io.CopyN(io.Discard, in, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
		frame(conn, frameSettings, 0, 0, nil)
		head := make([]byte, 9)
		for {
			if _, err := io.ReadFull(in, head); err != nil {
				return
			}
			io.CopyN(io.Discard, in, int64(head[0])<<16|int64(head[1])<<8|int64(head[2]))
			if head[3] == 0x1 { // HEADERS
				f(conn)
			}
		}
	})
	return "http://" + address, stop
}

func h2Client(change func(*http.Transport)) *http.Client {
	t := &http.Transport{Protocols: &http.Protocols{}}
	t.Protocols.SetUnencryptedHTTP2(true)
	if change != nil {
		change(t)
	}
	return &http.Client{Transport: t}
}

func code(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func init() {
	provoke("net-http/h2-stream-error", func() string {
		url, stop := http2(func(conn net.Conn) { frame(conn, frameRST, 0, 1, code(2)) })
		defer stop()
		return said(get(h2Client(nil), url))
	})
	provoke("net-http/h2-goaway", func() string {
		url, stop := http2(func(conn net.Conn) {
			frame(conn, frameGoAway, 0, 0, append(append(code(1), code(11)...), "too_many_pings"...))
			time.Sleep(50 * time.Millisecond)
			conn.Close()
		})
		defer stop()
		return said(get(h2Client(nil), url))
	})
	provoke("net-http/h2-timeout-awaiting-headers", func() string {
		url, stop := http2(func(net.Conn) {})
		defer stop()
		return said(get(h2Client(func(t *http.Transport) { t.ResponseHeaderTimeout = 50 * time.Millisecond }), url))
	})
	provoke("net-http/h2-client-connection-lost", func() string {
		url, stop := http2(func(net.Conn) {})
		defer stop()
		c := h2Client(func(t *http.Transport) {
			t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 50 * time.Millisecond, PingTimeout: 50 * time.Millisecond}
		})
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
		must(err)
		_, err = c.Do(req)
		return said(err)
	})
	provoke("net-http/h2-frame-looked-like-http1", func() string {
		// an HTTP/1 server's answer read as frames
		address, stop := raw(func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			hold(conn)
		})
		defer stop()
		return said(get(h2Client(nil), "http://"+address))
	})
}
