module gorca.dev/go

go 1.26

require (
	github.com/prometheus/client_golang v1.24.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	go.uber.org/zap v1.28.0 // indirect
)
