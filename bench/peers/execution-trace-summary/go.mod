module gorca.dev/bench/execution-trace-summary

go 1.25.0

require golang.org/x/exp v0.0.0-20260218203240-3dfff04db8fa
