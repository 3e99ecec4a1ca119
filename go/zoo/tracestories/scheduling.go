package main

import (
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

// Render is a request that computes.
func Render() int { return compute(8 * time.Millisecond) }

func computing(atOnce int) func() {
	return func() {
		done := make(chan bool)
		var tick sync.WaitGroup
		tick.Add(1)
		go func() {
			defer tick.Done()
			heartbeat(done)
		}()
		var wg sync.WaitGroup
		for range atOnce {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 30 / atOnce {
					Render()
					time.Sleep(time.Millisecond)
				}
			}()
		}
		wg.Wait()
		close(done)
		tick.Wait()
	}
}

// heartbeat wants to run every 5 ms.
func heartbeat(done chan bool) {
	t := time.NewTicker(5 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-done:
			return
		}
	}
}

// Thumbnail allocates a picture.
func Thumbnail(size int) [][]*int {
	rows := make([][]*int, size)
	for i := range rows {
		rows[i] = make([]*int, size)
		for j := range rows[i] {
			rows[i][j] = new(int)
		}
	}
	return rows
}

func allocating() func() {
	kept := make([][][]*int, 24)
	for i := range kept {
		kept[i] = Thumbnail(120)
	}
	return func() {
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 60 {
					kept[w*6+i%6] = Thumbnail(120)
				}
			}()
		}
		wg.Wait()
		runtime.KeepAlive(kept)
	}
}

func dumping(parked int) func() {
	release := make(chan bool)
	var ready sync.WaitGroup
	for range parked {
		ready.Add(1)
		go func() {
			ready.Done()
			waitForRelease(release)
		}()
	}
	ready.Wait()
	time.Sleep(20 * time.Millisecond)
	return func() {
		var out strings.Builder
		check(pprof.Lookup("goroutine").WriteTo(&out, 2))
		time.Sleep(3 * time.Millisecond)
		check(pprof.Lookup("goroutine").WriteTo(&out, 1))
	}
}

func waitForRelease(release chan bool) { <-release }

// Report reads the memory statistics for every request.
func Report() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func memStats() func() {
	return func() {
		var wg sync.WaitGroup
		for range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 150 {
					Report()
					compute(50 * time.Microsecond)
				}
			}()
		}
		wg.Wait()
	}
}

// crowded is a crowd of requests that compute, each several times.
func crowded(atOnce, times int) func() {
	return func() {
		var wg sync.WaitGroup
		for range atOnce {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range times {
					Render()
					time.Sleep(time.Millisecond)
				}
			}()
		}
		wg.Wait()
	}
}
