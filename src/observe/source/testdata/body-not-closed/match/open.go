package match

import (
	"encoding/json"
	"fmt"
	web "net/http"
)

type Catalogue struct {
	client *web.Client
	base   string
}

// A decoder does not read to the end, and nobody closes.
func (c *Catalogue) Price(sku string) (int, error) {
	resp, err := c.client.Get(c.base + sku) // want
	if err != nil {
		return 0, err
	}
	var v struct{ Price int }
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		return 0, err
	}
	return v.Price, nil
}

// Closed, but not on the way out for other status codes.
func (c *Catalogue) Stock(req *web.Request) (string, error) {
	resp, err := c.client.Do(req) // want
	if err != nil {
		return "", err
	}
	if resp.StatusCode != web.StatusOK {
		return "", fmt.Errorf("status %d", resp.StatusCode)
	}
	defer resp.Body.Close()
	return resp.Status, nil
}

func (c *Catalogue) Ping() bool {
	_, err := web.Get(c.base) // want
	return err == nil
}

func (c *Catalogue) Status() int {
	if resp, err := web.Head(c.base); err == nil { // want
		return resp.StatusCode
	}
	return 0
}

// One test for two things: with status 500 there is an error and an open body.
func (c *Catalogue) Both(req *web.Request) (string, error) {
	resp, err := c.client.Do(req) // want
	if err != nil || resp.StatusCode != web.StatusOK {
		return "", fmt.Errorf("no answer: %w", err)
	}
	defer resp.Body.Close()
	return resp.Status, nil
}
