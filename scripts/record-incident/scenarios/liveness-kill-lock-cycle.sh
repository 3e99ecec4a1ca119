# Two handlers of pricing take the same two locks in opposite order; the liveness probe needs one of them.
title='pricing hangs and is restarted by its liveness probe'
what='a job put new tariffs (10 a second for a minute) while customers asked for quotes; quotes.add locks quotes then tariff, tariff.revise locks tariff then quotes'

play() {
  deploy pricing
  traffic load quotes pricing 30
  healthy 75
  local p; p=$(pod pricing)
  capture pprof "$p" pricing goroutine.debug1 goroutine.debug2
  capture log "$p" pricing "$p.before" --tail 60

  fault
  traffic tariff-import tariff pricing 10 60s
  # hung: the readiness probe still answers, the metrics do too; requests pile up
  local i address; address=$(k get pod "$p" -o 'jsonpath={.status.podIP}'):6060
  open_requests() { curl -s -m 3 "http://$address/metrics" | sed -n 's/^http_requests_in_flight //p'; }
  for i in $(seq 60); do [ "$(open_requests)" -lt 10 ] || break; sleep 1; done
  [ "$(open_requests)" -ge 10 ] || { say "pricing did not hang; try again"; return 1; }
  local hung_at; hung_at=$(date +%s); say "hangs"
  capture pprof "$p" pricing goroutine.debug1 goroutine.debug2
  capture log "$p" pricing "$p.first" --since $((hung_at - 12)) --first 250000
  sleep 8; capture pprof "$p" pricing goroutine.debug2
  sleep 6; capture pprof "$p" pricing goroutine.debug1 goroutine
  for i in $(seq 60); do [ "$(restarts "$p")" = 0 ] || break; sleep 1; done
  say "restarted: $(restarts "$p")"
  sleep 75 # the import has ended; does it stay up?
  logs_of pricing
  capture log "$(pod load)" load load
  capture log "$(pod tariff-import)" tariff-import tariff-import
  everything
  source_of pricing cmd/pricing/main.go cmd/pricing/api.go cmd/pricing/tariff.go cmd/pricing/quotes.go internal/web/app.go
  module_of pricing
}
