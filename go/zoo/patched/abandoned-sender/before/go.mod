module gorca.dev/go/zoo/patched/orders

go 1.21
