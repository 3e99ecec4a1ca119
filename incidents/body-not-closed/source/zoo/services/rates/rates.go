// Package rates converts between currencies.
package rates

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"gorca.dev/go/zoo/services/remote"
)

// Rate is what one unit is worth.
type Rate struct {
	Rate float64 `json:"rate"`
}

// Server answers for rates.
type Server struct {
	log    *slog.Logger
	client *http.Client
	base   string
}

// New makes a server that asks market for what it does not know.
func New(log *slog.Logger, market *remote.Client) *Server {
	return &Server{log: log, client: market.HTTP, base: market.Base}
}

// Routes adds the routes of rates to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/convert/{pair}", s.convert)
}

func (s *Server) convert(w http.ResponseWriter, r *http.Request) {
	rate, err := s.latest(r.PathValue("pair"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintln(w, rate.Rate)
}

// latest asks the market for the rate of a pair.
func (s *Server) latest(pair string) (Rate, error) {
	var rate Rate
	response, err := s.client.Get(s.base + "/v1/rates/" + pair)
	if err != nil {
		return rate, err
	}
	if response.StatusCode != http.StatusOK {
		return rate, fmt.Errorf("rate of %s: %s", pair, response.Status)
	}
	defer response.Body.Close()
	err = json.NewDecoder(response.Body).Decode(&rate)
	return rate, err
}
