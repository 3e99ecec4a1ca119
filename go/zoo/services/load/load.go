// Package load sends requests to a service at a steady rate, as its users would.
package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// plan is what users of one service do.
type plan struct {
	rate     float64       // requests a second
	patience time.Duration // of one request
	most     int           // requests at a time; more are not sent
	one      func(ctx context.Context, u *user) error
}

// user sends requests.
type user struct {
	client *http.Client
	base   string
	n      int
}

var plans = map[string]plan{
	"reserve":  {40, 2 * time.Second, 200, each("POST /v1/reservations/%d")},
	"watch":    {12, 1500 * time.Millisecond, 100, each("GET /v1/watch/%d")},
	"sessions": {12, 2 * time.Second, 50, openAndClose},
	"records":  {12, 2 * time.Second, 20, each("POST /v1/events/%d")},
	"rates":    {25, 2 * time.Second, 100, each("GET /v1/convert/pair-%d")},
	"transfer": {150, 2 * time.Second, 8, transfer},
	"lookup":   {150, 2 * time.Second, 8, lookup},
	"profile":  {40, 5 * time.Second, 60, profile},
	"image":    {40, 2 * time.Second, 50, each("GET /v1/images/%d.png")},
	"checkout": {30, 2 * time.Second, 100, each("POST /v1/checkout/%d")},
	"search":   {120, 2 * time.Second, 50, each("GET /v1/search/%d")},
	"ingest":   {60, 20 * time.Second, 90, each("POST /v1/measurements/%d")},
	"mail":     {0.5, 2 * time.Second, 5, each("POST /v1/mails/%d")},
	"visits":   {15, 2 * time.Second, 50, visits},
	"gallery":  {120, 2 * time.Second, 50, gallery},
	"invoices": {20, 2 * time.Second, 50, sell("eu-west", "eu-south", "us-east")},
	"expand":   {0.5, 2 * time.Second, 50, sell("eu-north")},
	"reports":  {15, 2 * time.Second, 50, each("GET /v1/reports/%d")},
}

// Run follows a plan until ctx ends.
func Run(ctx context.Context, base, name string, rate float64) error {
	p, known := plans[name]
	if !known {
		return fmt.Errorf("unknown plan %q", name)
	}
	if rate == 0 {
		rate = p.rate
	}
	transport := &http.Transport{MaxIdleConnsPerHost: p.most}
	client := &http.Client{Transport: transport}
	places := make(chan struct{}, p.most)
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		select {
		case places <- struct{}{}:
		default:
			continue
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() { <-places }()
			limited, cancel := context.WithTimeout(ctx, p.patience)
			defer cancel()
			_ = p.one(limited, &user{client, base, n}) // a user sees a failure and goes away
		}()
	}
}

func (u *user) send(ctx context.Context, method, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, u.base+path, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("X-Request-Id", fmt.Sprintf("r-%06d", u.n))
	response, err := u.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// each sends one request with a number in its path.
func each(line string) func(context.Context, *user) error {
	method, path, _ := strings.Cut(line, " ")
	return func(ctx context.Context, u *user) error {
		_, err := u.send(ctx, method, fmt.Sprintf(path, u.n))
		return err
	}
}

func openAndClose(ctx context.Context, u *user) error {
	id, err := u.send(ctx, "POST", "/v1/sessions")
	if err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond)
	_, err = u.send(ctx, "DELETE", "/v1/sessions/"+strings.TrimSpace(id))
	return err
}

// visits opens twenty sessions and then looks at them.
func visits(ctx context.Context, u *user) error {
	if u.n < 20 {
		_, err := u.send(ctx, "POST", "/v1/sessions")
		return err
	}
	_, err := u.send(ctx, "GET", fmt.Sprintf("/v1/sessions/s-%06d", u.n%20+1))
	return err
}

// gallery looks at the same two hundred pictures.
func gallery(ctx context.Context, u *user) error {
	_, err := u.send(ctx, "GET", fmt.Sprintf("/v1/images/%d.png", u.n%200))
	return err
}

func sell(regions ...string) func(context.Context, *user) error {
	return func(ctx context.Context, u *user) error {
		_, err := u.send(ctx, "POST", fmt.Sprintf("/v1/invoices/%s/p-%d", regions[u.n%len(regions)], u.n%50))
		return err
	}
}

func transfer(ctx context.Context, u *user) error {
	from := rand.IntN(6)
	to := (from + 1 + rand.IntN(5)) % 6
	_, err := u.send(ctx, "POST", fmt.Sprintf("/v1/transfers/%d/%d", from, to))
	return err
}

func lookup(ctx context.Context, u *user) error {
	if u.n%10 == 0 {
		_, err := u.send(ctx, "PUT", fmt.Sprintf("/v1/items/%d", rand.IntN(500)))
		return err
	}
	_, err := u.send(ctx, "GET", fmt.Sprintf("/v1/items/%d", rand.IntN(500)))
	return err
}

func profile(ctx context.Context, u *user) error {
	_, err := u.send(ctx, "GET", fmt.Sprintf("/v1/profiles/%d", rand.IntN(400)))
	return err
}
