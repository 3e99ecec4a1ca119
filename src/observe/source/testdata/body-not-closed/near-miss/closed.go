package nearmiss

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

type Catalogue struct {
	client *http.Client
	base   string
	last   *http.Response
	kv     store
}

type store struct{}

func (store) Get(key string) (*http.Response, error) { return nil, nil }

func (c *Catalogue) Deferred(sku string) (int, error) {
	resp, err := c.client.Get(c.base + sku)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var v struct{ Price int }
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		return 0, err
	}
	return v.Price, nil
}

func (c *Catalogue) InLiteral() error {
	resp, err := http.Get(c.base)
	if err != nil {
		return err
	}
	defer func() {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}()
	if resp.StatusCode != 200 {
		return io.EOF
	}
	return nil
}

// Read to its end: the connection goes back.
func (c *Catalogue) ReadAll() ([]byte, error) {
	resp, err := http.Get(c.base)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

// The caller closes.
func (c *Catalogue) Open() (*http.Response, error) {
	resp, err := c.client.Get(c.base)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func (c *Catalogue) Direct() (*http.Response, error) {
	return c.client.Get(c.base)
}

func (c *Catalogue) Stored() error {
	resp, err := c.client.Get(c.base)
	if err != nil {
		return err
	}
	c.last = resp
	return nil
}

func (c *Catalogue) HandedOn() error {
	resp, err := c.client.Get(c.base)
	if err != nil {
		return err
	}
	return finish(resp)
}

func finish(resp *http.Response) error {
	return resp.Body.Close()
}

// Closed on each way out.
func (c *Catalogue) Each() (int, error) {
	resp, err := c.client.Get(c.base)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != 200 {
		resp.Body.Close()
		return 0, io.EOF
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// Get of something that is no http.Client.
func (c *Catalogue) Other() int {
	resp, err := c.kv.Get("x")
	if err != nil {
		return 0
	}
	return resp.StatusCode
}

// Both kinds of failure leave before there is a body.
func (c *Catalogue) Switched(req *http.Request) (string, error) {
	resp, err := c.client.Do(req)
	switch {
	case errors.Is(err, io.EOF):
		return "", nil
	case err != nil:
		return "", err
	}
	defer resp.Body.Close()
	return resp.Status, nil
}
