module gorca.dev/bench/goroutine-dump

go 1.26
