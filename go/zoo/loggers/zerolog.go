package main

import (
	"os"
	"time"

	"github.com/rs/zerolog"
)

func init() {
	stories["zerolog-json"] = func() { zerologStory(zerolog.New(os.Stdout)) }
	stories["zerolog-unix-ms"] = func() {
		zerolog.TimeFieldFormat = zerolog.TimeFormatUnixMs
		zerologStory(zerolog.New(os.Stdout))
	}
	stories["zerolog-console"] = func() {
		zerologStory(zerolog.New(zerolog.ConsoleWriter{Out: os.Stdout, NoColor: true, TimeFormat: time.RFC3339}))
	}
	stories["zerolog-console-seconds"] = func() {
		zerologStory(zerolog.New(zerolog.ConsoleWriter{Out: os.Stdout, NoColor: true, TimeFormat: "3:04:05PM"}))
	}
	stories["zerolog-nested"] = func() {
		zerolog.TimeFieldFormat = time.RFC3339Nano
		logger := zerolog.New(os.Stdout).With().Timestamp().Logger()
		logger.WithLevel(zerolog.FatalLevel).Str("trace_id", traceID).Msg("store gone")
		logger.WithLevel(zerolog.PanicLevel).Msg("impossible state")
		logger.Info().Ints("sizes", []int{1, 2}).Dict("http", zerolog.Dict().Dict("req", zerolog.Dict().Str("id", "r1"))).Msg("nested")
	}
	stories["zerolog-console-kitchen"] = func() {
		// the default of ConsoleWriter: a time of day without date or seconds
		zerologStory(zerolog.New(zerolog.ConsoleWriter{Out: os.Stdout}))
	}
}

func zerologStory(plain zerolog.Logger) {
	logger := plain.With().Timestamp().Caller().Logger()
	logger.Info().Str("addr", ":8080").Msg("listening")
	logger.Debug().Int64("id", bigID).Int("entries", 12).Msg("cache warm")
	logger.Warn().Dur("dur", elapsed).Bool("retry", false).Msg("slow query")
	logger.Error().Str("trace_id", traceID).Str("span_id", spanID).Err(deadlineError()).Dur("elapsed", elapsed).Msg("reserve failed")
	logger.Error().Err(errStock).Dict("http", zerolog.Dict().Str("method", "GET").Int("status", 504)).Msg("two\nlines")
	logger.Log().Str("note", "no level").Msg("")
}
