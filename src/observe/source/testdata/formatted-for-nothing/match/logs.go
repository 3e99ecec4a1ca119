package match

import (
	"fmt"
	"log/slog"
)

type tracer interface{ Trace(args ...any) }

type desk struct {
	log   *slog.Logger
	trace tracer
}

func (d *desk) check(entries []struct{ Name string }) {
	for _, e := range entries {
		d.log.Debug(fmt.Sprintf("checking %+v", e)) // want
	}
	slog.Debug("all", "entries", fmt.Sprint(entries)) // want
	d.trace.Trace(
		fmt.Sprintf("%d entries", len(entries)), // want
	)
}
