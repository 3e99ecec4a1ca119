package nearmiss

import (
	"context"
	"fmt"
	"log/slog"
)

type printer interface {
	Debugf(format string, args ...any)
}

type desk struct {
	log   *slog.Logger
	plain printer
	debug bool
}

func (d *desk) check(ctx context.Context, entries []struct{ Name string }) error {
	for _, e := range entries {
		// the logger formats, when it writes
		d.log.Debug("checking", "entry", e)
		d.plain.Debugf("checking %+v", e)
	}
	// the level is looked at first
	if d.log.Enabled(ctx, slog.LevelDebug) {
		d.log.Debug(fmt.Sprintf("all of %+v", entries))
	}
	if d.debug {
		d.log.Debug(fmt.Sprintf("again %+v", entries))
	}
	// it is written
	d.log.Info(fmt.Sprintf("%d entries", len(entries)))
	return fmt.Errorf("%s", fmt.Sprint(len(entries)))
}
