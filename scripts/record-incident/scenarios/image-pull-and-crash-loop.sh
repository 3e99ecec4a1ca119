# Two things at once that have nothing to do with each other.
title='a rollout of gateway is stuck and notifier crashes'
what='kubectl set image deployment/gateway gateway=registry.internal/shop/gateway:1.5.0, a tag that was never pushed; 20 s later, unrelated, a job asked notifier to mute topics for customers who had never been mentioned before'

play() {
  deploy shop notifier
  customers 10
  traffic order-events notifications notifier 8 15m 0 50
  healthy 75
  local n; n=$(pod notifier)
  capture log "$n" notifier "$n.before" --tail 120

  fault
  k set image deployment/gateway gateway=registry.internal/shop/gateway:1.5.0
  at 20
  traffic campaign mutes notifier 1 300s 600 900
  local i
  for i in $(seq 40); do [ "$(restarts "$n")" = 0 ] || break; sleep 1; done
  say "notifier restarted: $(restarts "$n")"
  capture log "$n" notifier "$n.first" --previous --tail 200
  at 60; capture pprof "$n" notifier goroutine.debug2
  until_firing KubePodCrashLooping 150 || :
  until_firing KubeContainerWaiting 120 || until_firing KubePodNotReady 60 || :
  sleep 12 # until Alertmanager has delivered
  # the kubelet keeps the last two lives and removes one as it starts the next: ask while it waits
  for i in $(seq 60); do [ "$(k get pod "$n" -o 'jsonpath={.status.containerStatuses[0].state.waiting.reason}')" != CrashLoopBackOff ] || break; sleep 1; done
  sleep 8
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
