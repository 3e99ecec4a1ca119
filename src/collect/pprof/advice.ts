/** What a service that exposes nothing would need: printed for a person to decide, never assumed. */

export const ADVICE = `No profile can be taken of it as it is. To make it possible, one import and, where the service has no HTTP server yet, one line:

    import _ "net/http/pprof" // registers /debug/pprof/ on http.DefaultServeMux

    go func() { log.Println(http.ListenAndServe("127.0.0.1:6060", nil)) }()

On loopback it is reached with kubectl port-forward alone. A service with a mux of its own registers pprof.Index under
/debug/pprof/, and pprof.Cmdline, pprof.Profile, pprof.Symbol and pprof.Trace beside it.
From Go 1.25 on the last seconds before something went wrong can be kept in memory and written when it does:

    recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: 10 * time.Second, MaxBytes: 32 << 20}) // runtime/trace
    if err := recorder.Start(); err != nil { … }
    // where a request took too long:
    recorder.WriteTo(file)

Without a change: kill -QUIT PID ends the process and writes every goroutine to its standard error; GODEBUG=gctrace=1 in
its environment writes a line for each garbage collection.`;
