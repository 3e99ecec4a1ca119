# A rollout asks for a key that its ConfigMap does not have.
title='the rollout of orders does not come to an end'
what='kubectl patch of deployment orders added FRAUD_CHECK_URL from the key fraud-check-url of ConfigMap orders-config, which has no such key; nothing else was touched'

play() {
  kubectl create namespace "$NAMESPACE"
  k create configmap orders-config --from-literal=region=north --from-literal=book-size=64
  deploy shop
  k set env deployment/orders --from=configmap/orders-config --keys=book-size
  k rollout status deployment/orders --timeout=60s
  customers 12
  healthy 75

  fault
  k patch deployment orders --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"FRAUD_CHECK_URL","valueFrom":{"configMapKeyRef":{"name":"orders-config","key":"fraud-check-url"}}}}]'
  at 25; capture pprof "$(pods orders | tail -1)" orders goroutine.debug1 heap
  until_firing KubeContainerWaiting 150 || :
  until_firing KubeDeploymentRolloutStuck 90 || :
  sleep 12 # until Alertmanager has delivered
  local p
  for p in $(pods orders); do capture log "$p" orders "$p" --tail 200; done
  onset_logs gateway 60000
  onset_logs inventory 60000
  capture log "$(pod load)" load load
  everything
  source_of orders cmd/orders/main.go cmd/orders/orders.go internal/inventory/client.go internal/env/env.go
  module_of orders
}
