package main

import (
	"log/slog"
	"math/rand"
	"os"
	"time"

	"github.com/rs/zerolog"
	slogsampling "github.com/samber/slog-sampling"
)

const (
	sampledSeconds = 6
	sampledEvery   = 700 * time.Microsecond
)

func init() {
	// one message far more often than is kept, through the samplers of other libraries than zap's
	stories["slog-sampled"] = func() {
		keeps := slogsampling.ThresholdSamplingOption{Tick: time.Second, Threshold: 10, Rate: 0.02}
		log := slog.New(keeps.NewMiddleware()(slog.NewJSONHandler(os.Stdout, nil)))
		steadily(func(n int) { log.Error("reserve failed", "error", deadlineError(), "n", n) })
	}
	stories["slog-sampled-uniform"] = func() {
		keeps := slogsampling.UniformSamplingOption{Rate: 0.05}
		log := slog.New(keeps.NewMiddleware()(slog.NewJSONHandler(os.Stdout, nil)))
		steadily(func(n int) { log.Error("reserve failed", "error", deadlineError(), "n", n) })
	}
	stories["zerolog-sampled"] = func() {
		zerolog.TimeFieldFormat = time.RFC3339Nano
		keeps := &zerolog.BurstSampler{Burst: 20, Period: time.Second, NextSampler: &zerolog.BasicSampler{N: 100}}
		log := zerolog.New(os.Stdout).With().Timestamp().Logger().Sample(keeps)
		steadily(func(n int) { log.Error().Err(deadlineError()).Int("n", n).Msg("reserve failed") })
	}
	// what is very like it: nothing is left out here
	stories["slog-bursts"] = func() {
		// twenty items, then retries of some of them, again and again
		log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
		random := rand.New(rand.NewSource(1))
		for begin := time.Now(); time.Since(begin) < sampledSeconds*time.Second; {
			round := time.Now()
			for range 20 {
				log.Error("reserve failed", "error", deadlineError())
				time.Sleep(200 * time.Microsecond)
			}
			for time.Since(round) < time.Second {
				time.Sleep(time.Duration(80+random.Intn(120)) * time.Millisecond)
				log.Error("reserve failed", "error", deadlineError(), "retry", true)
			}
		}
	}
	stories["slog-limited"] = func() {
		// a program that limits itself by a bucket of tokens: twenty at once, ten a second
		log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
		tokens, last := 20.0, time.Now()
		steadily(func(n int) {
			now := time.Now()
			tokens = min(20, tokens+now.Sub(last).Seconds()*10)
			last = now
			if tokens >= 1 {
				tokens--
				log.Error("reserve failed", "error", deadlineError(), "n", n)
			}
		})
	}
}

// steadily calls f at the pace of random traffic.
func steadily(f func(n int)) {
	random := rand.New(rand.NewSource(1))
	begin := time.Now()
	for n := 0; time.Since(begin) < sampledSeconds*time.Second; n++ {
		f(n)
		time.Sleep(time.Duration(random.ExpFloat64() * float64(sampledEvery)))
	}
}
