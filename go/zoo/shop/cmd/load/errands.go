package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"gorca.dev/go/zoo/shop/internal/env"
)

var articles = []string{"teapot", "kettle", "sieve", "oolong", "assam", "matcha", "saucer", "timer"}

// errand is one request that a customer, or somebody of the staff, makes.
type errand func(base, id string) (*http.Request, error)

var errands = map[string]errand{
	"checkout":      checkout,
	"quotes":        quotes,
	"tariff":        tariff,
	"notifications": notifications,
	"mutes":         mutes,
	"search":        search,
}

// checkout looks at an article one time in five and buys it otherwise.
func checkout(base, id string) (*http.Request, error) {
	sku := articles[rand.N(len(articles))]
	if rand.N(5) == 0 {
		return http.NewRequest(http.MethodGet, base+"/stock/"+sku, nil)
	}
	return send(http.MethodPost, base+"/checkout", map[string]any{"id": id, "customer": customer(), "sku": sku, "quantity": 1 + rand.N(4)})
}

func quotes(base, _ string) (*http.Request, error) {
	return send(http.MethodPost, base+"/quotes", map[string]any{"sku": articles[rand.N(len(articles))], "pieces": 1 + rand.N(40)})
}

// tariff puts new prices on all articles.
func tariff(base, _ string) (*http.Request, error) {
	prices := map[string]int{}
	for _, sku := range articles {
		prices[sku] = 300 + rand.N(4000)
	}
	return send(http.MethodPut, base+"/tariff", prices)
}

func notifications(base, id string) (*http.Request, error) {
	if rand.N(20) == 0 {
		return mutes(base, id)
	}
	return send(http.MethodPost, base+"/notifications", map[string]any{"customer": customer(), "topic": "orders", "text": "order " + id + " is on its way"})
}

func mutes(base, _ string) (*http.Request, error) {
	return send(http.MethodPost, base+"/mutes", map[string]any{"customer": customer(), "topic": "offers"})
}

func search(base, id string) (*http.Request, error) {
	q := url.Values{"q": {articles[rand.N(len(articles))]}, "session": {id}}
	return http.NewRequest(http.MethodGet, base+"/search?"+q.Encode(), nil)
}

// customer is one of those whose numbers lie in [CUSTOMERS_FROM, CUSTOMERS_TO).
func customer() string {
	from := env.Int("CUSTOMERS_FROM", 0)
	return fmt.Sprintf("c-%03d", from+rand.N(max(1, env.Int("CUSTOMERS_TO", 400)-from)))
}

func send(method, url string, v any) (*http.Request, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, url, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}
