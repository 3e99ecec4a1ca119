package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"
)

func init() {
	provoke("net-http/client-timeout-awaiting-headers", func() string {
		address, stop := silent()
		defer stop()
		return said(get(&http.Client{Timeout: 50 * time.Millisecond}, "http://"+address+"/v1/stock"))
	})
	provoke("net-http/client-timeout-reading-body", func() string {
		url, _, stop := serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "partial")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, nil)
		defer stop()
		res, err := (&http.Client{Timeout: 100 * time.Millisecond}).Get(url)
		if err != nil {
			return ""
		}
		defer res.Body.Close()
		_, err = io.ReadAll(res.Body)
		return said(err)
	})
	provoke("net-http/timeout-awaiting-response-headers", func() string {
		address, stop := silent()
		defer stop()
		return said(get(&http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}}, "http://"+address+"/v1/stock"))
	})
	provoke("net-http/tls-handshake-timeout", func() string {
		address, stop := silent()
		defer stop()
		return said(get(&http.Client{Transport: &http.Transport{TLSHandshakeTimeout: 50 * time.Millisecond}}, "https://"+address+"/"))
	})
	provoke("net-http/server-gave-http-response", func() string {
		url, _, stop := serve(func(http.ResponseWriter, *http.Request) {}, nil)
		defer stop()
		return said(get(&http.Client{}, strings.Replace(url, "http:", "https:", 1)))
	})
	provoke("net-http/read-on-closed-response-body", func() string {
		url, _, stop := serve(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1<<16)) }, nil)
		defer stop()
		res, err := http.Get(url)
		must(err)
		res.Body.Close()
		_, err = io.ReadAll(res.Body)
		return said(err)
	})
	// the server closes a kept connection just as a request that cannot be repeated is sent on it
	provoke("net-http/server-closed-idle-connection", serverClosedIdle)
	provoke("net-http/malformed-http-status-code", func() string {
		address, stop := raw(func(conn net.Conn) { request(conn); fmt.Fprint(conn, "HTTP/1.1 abc\r\n\r\n") })
		defer stop()
		return said(get(&http.Client{}, "http://"+address))
	})
	// cut in the middle of the headers
	provoke("net-http/transport-connection-broken", func() string {
		address, stop := raw(func(conn net.Conn) { request(conn); fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Le") })
		defer stop()
		return said(get(&http.Client{}, "http://"+address))
	})
	provoke("net-http/malformed-http-response", func() string {
		address, stop := raw(func(conn net.Conn) { request(conn); fmt.Fprint(conn, "hello\r\n") })
		defer stop()
		return said(get(&http.Client{}, "http://"+address))
	})
	provoke("net-http/content-length-with-body-length", func() string {
		url, _, stop := serve(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }, nil)
		defer stop()
		req, err := http.NewRequest("POST", url, io.NopCloser(strings.NewReader("short")))
		must(err)
		req.ContentLength = 10
		_, err = http.DefaultClient.Do(req)
		return said(err)
	})
	provoke("net-http/stopped-after-redirects", func() string {
		url, _, stop := serve(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }, nil)
		defer stop()
		return said(get(&http.Client{}, url))
	})
	provoke("net-http/unsupported-protocol-scheme", func() string { return said(get(&http.Client{}, "inventory:8080/v1/stock")) })
	provoke("net-http/no-host-in-request-url", func() string { return said(get(&http.Client{}, "http:///v1/stock")) })
	provoke("net-http/invalid-header-field-value", func() string {
		req, err := http.NewRequest("GET", "http://"+closedPort(), nil)
		must(err)
		req.Header.Set("Authorization", "Bearer secret\n")
		_, err = http.DefaultClient.Do(req)
		return said(err)
	})
	provoke("net-http/request-canceled", func() string {
		address, stop := silent()
		defer stop()
		ctx, cancel := context.WithCancel(context.Background())
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+address, nil)
		must(err)
		time.AfterFunc(30*time.Millisecond, cancel)
		//lint:ignore SA1019 the old way to cancel is the one that has this text
		c := make(chan struct{})
		req.Cancel = c
		req = req.WithContext(context.Background())
		time.AfterFunc(30*time.Millisecond, func() { close(c) })
		_, err = http.DefaultClient.Do(req)
		cancel()
		return said(err)
	})
	provoke("io/eof+http-client", func() string {
		address, stop := raw(func(conn net.Conn) { request(conn) })
		defer stop()
		res, err := http.Post("http://"+address+"/v1/orders", "application/json", bytes.NewReader([]byte("{}")))
		if err == nil {
			res.Body.Close()
		}
		return said(err)
	})
	provoke("net-http/response-headers-exceeded", func() string {
		url, _, stop := serve(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Big", strings.Repeat("x", 4096)) }, nil)
		defer stop()
		return said(get(&http.Client{Transport: &http.Transport{MaxResponseHeaderBytes: 1024}}, url))
	})
}

func serverClosedIdle() string {
	closeNow := make(chan struct{})
	address, stop := raw(func(conn net.Conn) {
		request(conn)
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		<-closeNow
	})
	defer stop()
	client := &http.Client{Transport: &http.Transport{}}
	must(get(client, "http://"+address))
	// between the choice of the kept connection and the first byte on it
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		close(closeNow)
		time.Sleep(50 * time.Millisecond)
	}})
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+address+"/v1/orders", strings.NewReader("{}"))
	must(err)
	res, err := client.Do(req)
	if err == nil {
		res.Body.Close()
	}
	return said(err)
}
