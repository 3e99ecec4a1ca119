# Nothing is wrong: strong load, a rollout that goes well, pods that need a moment until they are ready.
title='is anything wrong in shop?'
what='nothing was broken: 110 requests a second, then kubectl set env deployment/orders BOOK_SIZE=96 (64 before) and a restart of inventory with two replicas, both finished by themselves'

play() {
  deploy shop
  k scale deployment/inventory --replicas=2
  k rollout status deployment/inventory --timeout=60s
  customers 110
  healthy 90
  local p; p=$(pod orders)
  capture pprof "$p" orders goroutine.debug1 heap
  capture log "$p" orders "$p" --tail 150

  fault # the moment of the rollout
  k set env deployment/orders BOOK_SIZE=96
  k rollout status deployment/orders --timeout=60s
  at 45; p=$(pod orders)
  capture pprof "$p" orders goroutine.debug1 goroutine.debug2 heap cpu.5
  k rollout restart deployment/inventory
  k rollout status deployment/inventory --timeout=90s
  at 110; capture pprof "$p" orders goroutine.debug1 goroutine.debug2 heap
  at 150
  logs_of orders
  onset_logs gateway 120000
  for p in $(pods inventory); do capture log "$p" inventory "$p" --tail 150; done
  capture log "$(pod load)" load load
  everything
  source_of orders cmd/orders/main.go cmd/orders/orders.go internal/inventory/client.go
  module_of orders
}
