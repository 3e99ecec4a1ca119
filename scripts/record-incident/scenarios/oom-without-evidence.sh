# catalog is killed for its memory, and nobody has looked into the process.
title='catalog is OOMKilled'
what='catalog keeps every rendered page for ever and every search carries a new session number; neither dumps nor profiles nor the metrics of the process were taken, on purpose'

play() {
  deploy catalog
  healthy 30
  traffic load search catalog 22
  fault # only the beginning of the traffic
  local c; c=$(pod catalog)
  local i
  for i in $(seq 240); do [ "$(restarts "$c")" = 0 ] || break; sleep 1; done
  say "restarted: $(restarts "$c")"
  sleep 100
  logs_of catalog
  capture log "$(pod load)" load load
  everything
  capture gap "goroutine dumps and profiles of catalog" "nobody took one before the container was killed; afterwards the process is another one"
  capture gap "metrics of the catalog process" "the pod has no prometheus.io/scrape annotation"
}
