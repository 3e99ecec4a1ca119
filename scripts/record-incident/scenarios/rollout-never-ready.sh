# A rollout makes inventory listen on another port than its probes and its Service ask.
title='the rollout of inventory does not come to an end'
what='kubectl set env deployment/inventory ADDR=:8081 (the default is :8080); probes and Service still ask port 8080'

play() {
  deploy shop
  customers 12
  healthy 75

  fault
  k set env deployment/inventory ADDR=:8081
  at 20; capture pprof "$(pod inventory)" inventory goroutine.debug1
  until_firing KubeDeploymentRolloutStuck 150 || :
  at 125 # the liveness probe has failed often enough
  logs_of inventory
  onset_logs gateway 60000
  for p in $(pods orders); do capture log "$p" orders "$p" --tail 100; done
  capture log "$(pod load)" load load
  everything
  source_of inventory cmd/inventory/main.go internal/web/app.go internal/env/env.go
  module_of inventory
}
