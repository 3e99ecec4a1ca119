# A rollout gives orders a deadline that inventory cannot keep.
title='orders is killed again and again, customers cannot check out'
what='kubectl set env deployment/orders RESERVE_TIMEOUT=200ms (2s before) while customers were shopping; inventory took 60 to 340 ms for a reservation throughout'

play() {
  deploy shop
  customers 28
  healthy 70
  local p old; old=$(pod orders)
  capture pprof "$old" orders goroutine.debug1 goroutine.debug2 heap cpu.5
  capture pprof "$(pod inventory)" inventory goroutine.debug1
  for p in $(pods orders); do capture log "$p" orders "$p" --tail 120; done
  healthy 20

  fault
  k set env deployment/orders RESERVE_TIMEOUT=200ms
  k rollout status deployment/orders --timeout=60s
  local a b; a=$(pods orders | sed -n 1p) b=$(pods orders | sed -n 2p)
  at 20; for p in $a $b; do capture pprof "$p" orders goroutine.debug1 goroutine.debug2 heap; done
  at 32; for p in $a $b; do capture pprof "$p" orders goroutine.debug1 goroutine.debug2 heap goroutine; done
  at 40; capture pprof "$a" orders cpu.5; capture pprof "$(pod inventory)" inventory goroutine.debug1
  at 46; for p in $a $b; do capture pprof "$p" orders goroutine.debug1 goroutine.debug2 heap; capture log "$p" orders "$p.first" --first 160000; done
  at 56; for p in $a $b; do capture pprof "$p" orders goroutine.debug1 heap; done
  until_firing KubePodCrashLooping 240 || :
  capture pprof "$a" orders goroutine.debug1
  sleep 20 # until Alertmanager has delivered
  logs_of orders
  onset_logs gateway 280000
  onset_logs inventory 280000
  capture log "$(pod load)" load load
  everything
  source_of orders cmd/orders/main.go cmd/orders/orders.go internal/inventory/client.go internal/trace/trace.go internal/web/app.go internal/env/env.go
  source_of inventory cmd/inventory/main.go cmd/inventory/stock.go internal/warehouse/warehouse.go
  source_of gateway cmd/gateway/main.go
  module_of orders,inventory,gateway
}
