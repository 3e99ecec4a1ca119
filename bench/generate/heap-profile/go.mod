module gorca.dev/bench/heap-profile

go 1.24
