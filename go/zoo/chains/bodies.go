package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// reservation as inventory reads it. The zoo's orders send the count as a string since the fault.
type reservation struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
}

// sending posts what body makes; an answer of 400 or above is an error.
func sending(ctx context.Context, url string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Traceparent", "00-"+traceOf(ctx)+"-00f067aa0ba902b7-01")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	if res.StatusCode >= 400 {
		return fmt.Errorf("%s answered %d", url, res.StatusCode)
	}
	return nil
}

// stringOrders writes a number as a string since the fault, as after a rollout of a newer schema.
func stringOrders(s *service) {
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		var count any = 2
		if s.ill() {
			count = "2"
		}
		body, err := json.Marshal(map[string]any{"sku": "teapot", "count": count})
		if err != nil {
			return http.StatusInternalServerError, err
		}
		return passOn(w, "reserve", sending(r.Context(), at("inventory")+"/reserve", bytes.NewReader(body)))
	}))
	s.serve(nil)
}

// readingInventory answers 400 to what it cannot decode.
func readingInventory(s *service) {
	s.mux.HandleFunc("POST /reserve", s.reading("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		var wanted reservation
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
			answer(w, http.StatusBadRequest)
			return http.StatusBadRequest, fmt.Errorf("decode reservation: %w", err)
		}
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}

// slowUploads passes on a body that comes in eight pieces, since the fault as slowly as over a bad line.
func slowUploads(s *service) {
	s.mux.HandleFunc("POST /upload", s.handle("/upload", func(w http.ResponseWriter, r *http.Request) (int, error) {
		pause := 10 * time.Millisecond
		if s.ill() {
			pause = 90 * time.Millisecond
		}
		body, pieces := io.Pipe()
		go func() {
			for range 8 {
				time.Sleep(pause)
				if _, err := io.WriteString(pieces, strings.Repeat("x", 512)); err != nil {
					return
				}
			}
			pieces.Close()
		}()
		return passOn(w, "store upload", sending(r.Context(), at("archive")+"/objects", body))
	}))
	s.serve(nil)
}

// hastyArchive gives its handler five seconds, and its server less than half of one to read a request.
func hastyArchive(s *service) {
	s.server.ReadTimeout = 400 * time.Millisecond
	s.log.Info("starting", "read_timeout", s.server.ReadTimeout)
	s.mux.HandleFunc("POST /objects", s.reading("/objects", func(w http.ResponseWriter, r *http.Request) (int, error) {
		_, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if n, err := io.Copy(io.Discard, r.Body); err != nil {
			answer(w, http.StatusInternalServerError)
			return http.StatusInternalServerError, fmt.Errorf("receive object after %d bytes: %w", n, err)
		}
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(nil)
}
