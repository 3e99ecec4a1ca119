package main

import (
	"net/http"
	"strings"
	"time"
)

// instrumented wraps a transport, as every tracing and metrics library does. http.Client.Timeout then has two ways to end
// the request, the context and Request.Cancel, and which of them is first is left to the scheduler: three texts, one timeout.
type instrumented struct{ next http.RoundTripper }

func (i instrumented) RoundTrip(r *http.Request) (*http.Response, error) { return i.next.RoundTrip(r) }

// until asks again until the text holds wanted.
func until(wanted string, client func() *http.Client, url string) string {
	for range 500 {
		if text := said(get(client(), url)); strings.Contains(text, wanted) {
			return text
		}
	}
	return ""
}

func init() {
	provoke("net-http/request-canceled-client-timeout", func() string {
		address, stop := silent()
		defer stop()
		return until("net/http: request canceled (", func() *http.Client {
			return &http.Client{Timeout: 3 * time.Millisecond, Transport: instrumented{&http.Transport{}}}
		}, "http://"+address+"/v1/stock")
	})
	provoke("net-http/request-canceled-waiting-for-connection", func() string {
		address, stop := silent()
		defer stop()
		one := &http.Transport{MaxConnsPerHost: 1}
		go get(&http.Client{Timeout: 15 * time.Second, Transport: one}, "http://"+address+"/first")
		time.Sleep(20 * time.Millisecond)
		return until("while waiting for connection", func() *http.Client {
			return &http.Client{Timeout: 3 * time.Millisecond, Transport: instrumented{one}}
		}, "http://"+address+"/v1/stock")
	})
}
