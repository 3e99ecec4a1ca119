# steps.sh: the words that scenarios are written in. Sourced by record.sh inside the cluster's namespaces.

say() { echo "$(date -u +%H:%M:%S) $*"; }
capture() { "$RECORDER/capture.py" "$JOURNAL" "$OUT" "$@"; }
k() { kubectl -n "$NAMESPACE" "$@"; }

# deploy FILE...: applies manifests and waits until every deployment is available
deploy() {
  local f; kubectl create namespace "$NAMESPACE" >/dev/null 2>&1 || true
  for f in "$@"; do k apply -f "$RECORDER/manifests/$f.yaml"; done
  for f in $(k get deployments -o name); do k rollout status "$f" --timeout=90s >/dev/null; done
  say "deployed: $*"
}
# traffic NAME ERRAND TARGET RATE [DURATION [CUSTOMERS_FROM CUSTOMERS_TO]]: a job that sends requests to a service and ends by itself
traffic() {
  local ip; ip=$(k get service "$3" -o 'jsonpath={.spec.clusterIP}')
  sed -e "s/@NAME@/$1/;s/@ERRAND@/$2/;s/@TARGET@/$3/;s/@IP@/$ip/;s/@RATE@/$4/;s/@DURATION@/${5:-15m}/;s/@FROM@/${6:-0}/;s/@TO@/${7:-400}/" \
    "$RECORDER/manifests/traffic.yaml" | k apply -f -
}
customers() { traffic load checkout gateway "$@"; }
# healthy SECONDS: lets it run undisturbed
healthy() { start=${start:-$(date +%s)}; say "healthy stretch of $1 s"; sleep "$1"; }
# fault: remembers the moment
fault() { fault_at=$(date +%s); say "fault"; }
# at SECONDS: waits until so many seconds after the fault
at() { local left=$((fault_at + $1 - $(date +%s))); [ "$left" -le 0 ] || sleep "$left"; say "fault + $(($(date +%s) - fault_at)) s"; }
# pods APP: names of its pods, newest first
pods() { k get pods -l "app=$1" --sort-by=.metadata.creationTimestamp -o name | sed 's#pod/##' | tac; }
pod() { pods "$1" | head -1; }
restarts() { k get pod "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}'; }
ready() { [ "$(k get pod "$1" -o 'jsonpath={.status.containerStatuses[0].ready}')" = true ]; }
# until_firing ALERT SECONDS: waits until Prometheus says that it fires for the namespace or the node, at most so long
until_firing() {
  local end=$(($(date +%s) + $2))
  while [ "$(date +%s)" -lt $end ]; do
    if curl -sfG http://127.0.0.1:9090/api/v1/query --data-urlencode "query=ALERTS{alertname=\"$1\",namespace=~\"$NAMESPACE|\",alertstate=\"firing\"}" | grep -q '"value"'; then
      say "$1 fires"; return 0
    fi
    sleep 2
  done
  say "$1 does not fire within $2 s"; return 1
}
# logs_of APP SINCE: every container's log of an app, and the log of the life before when there was one
logs_of() {
  local p
  for p in $(pods "$1"); do
    capture log "$p" "$1" "$p" --tail 200
    if [ "$(restarts "$p")" != 0 ]; then capture log "$p" "$1" "$p.previous" --previous --tail 250; fi
  done
}
# onset_logs APP: the stretch around the fault, then the newest lines
onset_logs() {
  local p
  for p in $(pods "$1"); do
    capture log "$p" "$1" "$p.onset" --since $((fault_at - 10)) --first "${2:-120000}"
    capture log "$p" "$1" "$p" --tail "${3:-80}"
  done
}
# everything [PROMETHEUS OPTIONS]: objects, series and notifications, as the last thing
everything() {
  capture objects
  capture prometheus "$start" "$@"
  capture webhooks "$start"
}
# source_of SERVICES FILE...: Go files below zoo/shop
source_of() {
  local who=$1 f files=(); shift
  for f in "$@"; do files+=("zoo/shop/$f"); done
  capture source "$who" "$GO_SOURCE" "${files[@]}"
}
module_of() { capture source "$1" "$GO_SOURCE" go.mod; }
