# Two things at once that have nothing to do with each other.
title='a rollout of gateway is stuck and notifier crashes'
what='kubectl set image deployment/gateway gateway=registry.internal/shop/gateway:1.5.0, a tag that was never pushed; 20 s later, unrelated, a job asked notifier to mute topics for customers who had never been mentioned before'

play() {
  deploy shop notifier
  customers 10
  traffic order-events notifications notifier 8 15m 0 50
  healthy 75

  fault
  k set image deployment/gateway gateway=registry.internal/shop/gateway:1.5.0
  at 20
  traffic campaign mutes notifier 1 200s 600 900
  local n; n=$(pod notifier)
  at 60; capture pprof "$n" notifier goroutine.debug2
  until_firing KubePodCrashLooping 150 || :
  until_firing KubeContainerWaiting 120 || until_firing KubePodNotReady 60 || :
  sleep 12 # until Alertmanager has delivered
  logs_of notifier
  local p
  for p in $(pods gateway); do capture log "$p" gateway "$p" --tail 250; done
  logs_of orders
  capture log "$(pod load)" load load
  capture log "$(pod order-events)" order-events order-events
  capture log "$(pod campaign)" campaign campaign
  everything
  source_of notifier cmd/notifier/main.go cmd/notifier/notifier.go cmd/notifier/directory.go
  module_of notifier
}
