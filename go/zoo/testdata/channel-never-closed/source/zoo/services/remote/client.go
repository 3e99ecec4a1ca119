// Package remote calls another service and measures it.
package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Client calls one service.
type Client struct {
	HTTP     *http.Client
	Base     string
	requests *prometheus.CounterVec
	duration prometheus.Histogram
}

// New makes a client of the service at base; its metrics go to registry.
func New(base string, registry prometheus.Registerer) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	c := &Client{
		HTTP: &http.Client{Transport: transport}, Base: base,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_client_requests_total", Help: "Requests sent, by status code or kind of error.",
		}, []string{"code"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "http_client_request_duration_seconds", Help: "Time until the answer to a request was read.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}),
	}
	if base != "" {
		registry.MustRegister(c.requests, c.duration)
	}
	return c
}

// StatusError is an answer that was not 2xx.
type StatusError struct {
	Code int
	Path string
}

func (e *StatusError) Error() string { return fmt.Sprintf("%s: status %d", e.Path, e.Code) }

// Get reads the answer to a GET of path.
func (c *Client) Get(ctx context.Context, path string) ([]byte, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

// Post sends body and reads the answer.
func (c *Client) Post(ctx context.Context, path string, body []byte) ([]byte, error) {
	return c.do(ctx, http.MethodPost, path, body)
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) (answer []byte, err error) {
	began := time.Now()
	code := "error"
	defer func() {
		if errors.Is(err, context.DeadlineExceeded) {
			code = "timeout"
		}
		c.requests.WithLabelValues(code).Inc()
		c.duration.Observe(time.Since(began).Seconds())
	}()
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	code = strconv.Itoa(response.StatusCode)
	answer, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = &StatusError{response.StatusCode, path}
	}
	return answer, err
}
