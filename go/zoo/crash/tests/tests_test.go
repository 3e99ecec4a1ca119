package tests

import (
	"os"
	"testing"
	"time"
)

func wanted(t *testing.T) {
	if os.Getenv("ZOO_CRASH") == "" {
		t.Skip("fails on purpose; runs with ZOO_CRASH=1")
	}
}

// TestTally fails in a build with -race.
func TestTally(t *testing.T) {
	wanted(t)
	t.Run("two goroutines", func(t *testing.T) { new(Tally).AddTogether() })
}

func TestPanics(t *testing.T) {
	wanted(t)
	t.Run("sub", func(t *testing.T) {
		var tally *Tally
		tally.Add()
	})
}

// TestTimesOut fails with -timeout, which dumps all goroutines.
func TestTimesOut(t *testing.T) {
	wanted(t)
	time.Sleep(time.Minute)
}
