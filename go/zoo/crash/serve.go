package main

import (
	"io"
	"net"
	"net/http"
	"sync"
)

// serve runs handler behind a real server on loopback, sends it the given number of requests and returns.
// The server writes "http: panic serving" itself when the handler panics.
func serve(requests int, path string, handler http.HandlerFunc) {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", handler)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, withRequestID(mux))
	for i := 0; i < requests; i++ {
		response, err := http.Get("http://" + listener.Addr().String() + path)
		if err == nil {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
}

func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r1")
		next.ServeHTTP(w, r)
	})
}

// serveConcurrently lets two requests run do at the same time.
func serveConcurrently(path string, do func(path string)) {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { do(r.URL.Path) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, mux)
	var all sync.WaitGroup
	for i := 0; i < 2; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			response, err := (&http.Client{Transport: &http.Transport{}}).Get("http://" + listener.Addr().String() + path)
			if err == nil {
				response.Body.Close()
			}
		}()
	}
	all.Wait()
}
