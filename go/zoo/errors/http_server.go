package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// handled returns what the handler found wrong.
func handled(do func(w http.ResponseWriter, r *http.Request) error, send func(url string)) string {
	found := make(chan error, 1)
	url, _, stop := serve(func(w http.ResponseWriter, r *http.Request) { found <- do(w, r) }, nil)
	defer stop()
	send(url)
	return said(<-found)
}

func fetch(url string) {
	res, err := http.Get(url)
	if err == nil {
		res.Body.Close()
	}
}

func init() {
	provoke("net-http/server-closed", func() string {
		server := &http.Server{}
		l := listen()
		done := make(chan error, 1)
		go func() { done <- server.Serve(l) }()
		time.Sleep(20 * time.Millisecond)
		server.Close()
		return said(<-done)
	})
	provoke("net-http/superfluous-write-header", func() string {
		url, log, stop := serve(writeTwice, nil)
		defer stop()
		fetch(url)
		return log.first()
	})
	provoke("net-http/wrote-more-than-content-length", func() string {
		return handled(func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Length", "2")
			_, err := fmt.Fprint(w, "four")
			return err
		}, fetch)
	})
	provoke("net-http/body-not-allowed", func() string {
		return handled(func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusNoContent)
			_, err := fmt.Fprint(w, "none")
			return err
		}, fetch)
	})
	provoke("net-http/handler-timeout", func() string {
		found := make(chan error, 1)
		late := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			time.Sleep(20 * time.Millisecond)
			_, err := fmt.Fprint(w, "late")
			found <- err
		}), 30*time.Millisecond, "")
		url, _, stop := serve(late.ServeHTTP, nil)
		defer stop()
		fetch(url)
		return said(<-found)
	})
	provoke("net-http/request-body-too-large", func() string {
		return handled(func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4))
			return err
		}, func(url string) { http.Post(url, "text/plain", strings.NewReader("too much")) })
	})
	provoke("net-http/invalid-read-on-closed-body", func() string {
		return handled(func(_ http.ResponseWriter, r *http.Request) error {
			r.Body.Close()
			_, err := r.Body.Read(make([]byte, 8))
			return err
		}, func(url string) { http.Post(url, "text/plain", strings.NewReader("body")) })
	})
	provoke("net-http/abort-handler", func() string { return panicked(func() { panic(http.ErrAbortHandler) }) })
	provoke("net-http/panic-serving", func() string {
		url, log, stop := serve(func(http.ResponseWriter, *http.Request) { panic("no cover for order") }, nil)
		defer stop()
		fetch(url)
		return strings.SplitN(log.first(), "\n", 2)[0]
	})
	provoke("net-http/connection-hijacked", func() string {
		return handled(func(w http.ResponseWriter, _ *http.Request) error {
			conn, _, err := w.(http.Hijacker).Hijack()
			must(err)
			defer conn.Close()
			_, err = w.Write([]byte("x"))
			return err
		}, fetch)
	})
	provoke("net-http/named-cookie-not-present", func() string {
		_, err := httptest.NewRequest("GET", "/", nil).Cookie("session")
		return said(err)
	})
	provoke("net-http/no-such-file", func() string {
		r := httptest.NewRequest("POST", "/", nil)
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		must(m.WriteField("a", "b"))
		must(m.Close())
		r = httptest.NewRequest("POST", "/", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		_, _, err := r.FormFile("upload")
		return said(err)
	})
	provoke("net-http/not-multipart", func() string {
		r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		return said(r.ParseMultipartForm(1 << 10))
	})
	provoke("net-http/feature-not-supported", func() string {
		return said(http.NewResponseController(httptest.NewRecorder()).SetWriteDeadline(time.Now()))
	})
	provoke("net-http/conflicting-patterns", func() string {
		return panicked(func() {
			mux := http.NewServeMux()
			mux.HandleFunc("/v1/orders", writeTwice)
			mux.HandleFunc("/v1/orders", writeTwice)
		})
	})
	provoke("net-http/invalid-content-length", func() string {
		url, log, stop := serve(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "many")
			fmt.Fprint(w, "x")
		}, nil)
		defer stop()
		fetch(url)
		return log.first()
	})
}

func writeTwice(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	w.WriteHeader(http.StatusInternalServerError)
}
