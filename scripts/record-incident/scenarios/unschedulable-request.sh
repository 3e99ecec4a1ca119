# A rollout asks for gigabytes where megabytes were meant.
title='a new pod of orders stays Pending'
what='kubectl set resources deployment/orders --requests=memory=32Gi --limits=memory=64Gi (32Mi and 64Mi before) on a node of about 22Gi'

play() {
  deploy shop
  customers 12
  healthy 75

  fault
  k set resources deployment/orders --requests=memory=32Gi --limits=memory=64Gi
  until_firing KubePodNotReady 150 || :
  until_firing KubeDeploymentRolloutStuck 90 || :
  sleep 12 # until Alertmanager has delivered
  local p
  for p in $(pods orders | tail -2); do capture log "$p" orders "$p" --tail 150; done
  onset_logs gateway 60000
  capture log "$(pod load)" load load
  everything
}
