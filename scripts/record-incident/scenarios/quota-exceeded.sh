# More replicas are asked for than the namespace's quota admits.
title='orders does not reach the replicas it was scaled to'
what='namespace shop had a ResourceQuota of 320Mi limits.memory more than it used; kubectl scale deployment/orders --replicas=12 asked for 640Mi more'

play() {
  kubectl create namespace "$NAMESPACE"
  k create quota team-shop --hard=limits.memory=768Mi,pods=20 # the services take 320Mi, the load 128Mi
  deploy shop
  customers 12
  healthy 75

  fault
  k scale deployment/orders --replicas=12
  until_firing KubeDeploymentReplicasMismatch 120 || :
  sleep 20 # until Alertmanager has delivered
  local p
  for p in $(pods orders); do capture log "$p" orders "$p" --tail 40; done
  onset_logs gateway 60000
  capture log "$(pod load)" load load
  everything
}
