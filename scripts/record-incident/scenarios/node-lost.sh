# The node's kubelet stops answering.
title='node worker-a is unready'
what='the kubelet of the only node was stopped (SIGSTOP) and not resumed; containers went on running'

play() {
  deploy shop
  customers 12
  healthy 75
  local p kubelet; kubelet=$(cat "$CLUSTER/run/kubelet.pid")
  for p in $(pods orders); do capture log "$p" orders "$p.before" --tail 100; done
  capture log "$(pod gateway)" gateway "$(pod gateway).before" --tail 100

  fault
  kill -STOP "$kubelet"
  until_firing KubeNodeNotReady 120 || :
  at 100
  capture pprof "$(pod orders)" orders goroutine.debug1
  for p in $(pods orders) ; do capture log "$p" orders "$p" --tail 100; done
  capture log "$(pod gateway)" gateway "$(pod gateway)" --tail 100
  capture log "$(pod load)" load load
  everything
  kill -CONT "$kubelet"
}
