#!/bin/bash
# cluster.sh: a real Kubernetes cluster (one node) for tests and recordings, without installing anything.
#   prepare [all|control]      build the binaries, extract the Debian packages, render the configs into $ROOT
#   up PART...                 control: etcd, apiserver, controller-manager, scheduler
#                              node: containerd, kubelet, kube-proxy, image registry   (starts control)
#                              monitor: kube-state-metrics, Prometheus, Alertmanager, webhook sink (starts control)
#                              kwok: fake nodes and pods with own crash-loop stages    (starts control)
#   api-only PORT              etcd + apiserver on 127.0.0.1:PORT, +1 and +2; no root, no namespaces needed
#   api-only -- CMD...         the same in an own network namespace while CMD runs (KUBECONFIG is set)
#   run CMD...                 run CMD inside the cluster's namespaces (KUBECONFIG is set)
#   images name:tag=binary...  make images of static binaries and serve them to the node
#   kubectl ARG...             kubectl as cluster admin
#   status                     what runs
#   down                       end everything, remove namespaces, cgroups and state; keeps bin, deb, logs, webhooks
# ROOT must be set (absolute). NODE at "prepare" names the node (worker-a).
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,/^# ROOT/s/^# \{0,1\}//p' "$0"; }
die() { echo "cluster.sh: $*" >&2; exit 1; }
case ${1:-help} in help | -h | --help) usage; exit 0 ;; esac
[ -n "${ROOT:-}" ] || die "ROOT is not set: export ROOT=/absolute/folder/for/the/cluster (a folder of its own, 2 GB)"
case $ROOT in /*) ;; *) die "ROOT must be an absolute path, not $ROOT" ;; esac
case $ROOT in *[[:space:]#]*) die "ROOT must not contain blanks or #" ;; esac
ROOT=${ROOT%/}; [ -n "$ROOT" ] || die "ROOT must be a folder of its own"
# down removes folders of ROOT: only in a folder that prepare has marked
[ -e "$ROOT/.gorca-cluster" ] || case $1 in
  prepare) ;;
  down | status) echo "nothing was prepared in $ROOT"; exit 0 ;;
  *) die "$ROOT is not prepared: cluster.sh prepare [control]" ;;
esac
[ ! -s "$ROOT/etc/node" ] || NODE=$(cat "$ROOT/etc/node") # prepare has fixed the name
export ROOT NODE=${NODE:-worker-a}
CG=gorca-$(printf %s "$ROOT" | cksum | cut -d' ' -f1) # one cgroup name per ROOT, so clusters can run side by side
CTRL=""; for c in cpu cpuacct cpuset memory devices freezer blkio pids systemd; do [ -d /sys/fs/cgroup/$c ] && CTRL="$CTRL $c"; done
STATE=$ROOT/state PKI=$ROOT/state/pki KUBECONFIG_ADMIN=$ROOT/state/admin.kubeconfig
MOUNTPOINTS="/var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers /usr/share/prometheus"
BINPATH=$ROOT/bin:$ROOT/deb/root/usr/bin:$ROOT/deb/root/usr/sbin

# ---- namespaces -------------------------------------------------------------------------------
alive() { local p; p=$(cat "$ROOT/run/$1.pid" 2>/dev/null) && grep -q "/$CG\$" "/proc/$p/cgroup" 2>/dev/null; }
all_alive() { local n; for n in "$@"; do alive "$n" || return 1; done; }
holder() { [ -f "$ROOT/run/ns-ready" ] && alive holder && cat "$ROOT/run/holder.pid"; }
need_up() { holder >/dev/null || die "the cluster is not up: cluster.sh up control"; }
join() { for c in $CTRL; do echo "$1" > /sys/fs/cgroup/$c/$CG/cgroup.procs; done; }
# ns CMD...: becomes CMD inside the namespaces; call it in a subshell or as the last thing
ns() {
  join $BASHPID
  exec nsenter -t "$(holder)" -m -n -u -C -- env -C "$PWD" PATH="$BINPATH:$PATH" KUBECONFIG="$KUBECONFIG_ADMIN" GORCA_INSIDE="$ROOT" "$@"
}
ns_up() {
  holder >/dev/null && return
  [ "$(id -u)" = 0 ] || die "up needs root (api-only does not)"
  [ -d /sys/fs/cgroup/memory ] && [ -d /sys/fs/cgroup/pids ] || die "up needs cgroup v1 hierarchies (api-only does not)"
  for c in ip unshare nsenter openssl curl python3; do command -v $c >/dev/null || die "$c is not in PATH"; done
  wipe; rm -rf "$ROOT/log/run" "$ROOT/mon"
  mkdir -p "$ROOT"/{run,log/run,mon} "$STATE" "$PKI"
  for c in $CTRL; do
    mkdir -p /sys/fs/cgroup/$c/$CG
    [ $c != cpuset ] || for f in cpus mems; do cat /sys/fs/cgroup/cpuset/cpuset.$f > /sys/fs/cgroup/cpuset/$CG/cpuset.$f; done
  done
  for d in $MOUNTPOINTS; do [ -d $d ] || { mkdir $d; touch $d/.gorca-cluster; }; done
  export CTRL
  (join $BASHPID; exec setsid unshare -m -n -u -C "$HERE/ns-init.sh") </dev/null >"$ROOT/log/run/holder.log" 2>&1 &
  echo $! > "$ROOT/run/holder.pid"
  wait_for 15 holder holder
}

# ---- processes --------------------------------------------------------------------------------
wait_for() { # SECONDS PROCESS CMD...: until CMD succeeds; gives up early when PROCESS has ended
  local t0=$SECONDS limit=$1 n=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $((SECONDS - t0)) -lt 3 ] || alive "$n" || die "$n ended, see $ROOT/log/run/$n.log"
    [ $((SECONDS - t0)) -lt "$limit" ] || die "$n is not ready after $limit s, see $ROOT/log/run/$n.log"
    sleep 0.1
  done
}
bg() { # NAME CMD...: start inside the namespaces unless it runs
  local n=$1; shift
  alive "$n" && return
  command -v "$1" >/dev/null || [ -x "$ROOT/bin/$1" ] || [ -x "$ROOT/deb/root/usr/bin/$1" ] || die "$1 is missing: cluster.sh prepare"
  (join $BASHPID; exec setsid nsenter -t "$(holder)" -m -n -u -C -- env -C "$ROOT" PATH="$BINPATH:$PATH" "$@") </dev/null >>"$ROOT/log/run/$n.log" 2>&1 &
  echo $! > "$ROOT/run/$n.pid"
}
# ended PIDFILE SECONDS: wait for a process that has got its TERM, then KILL
ended() {
  local p i; p=$(cat "$1" 2>/dev/null) || return 0
  for ((i = 0; i < $2 * 10; i++)); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$p" 2>/dev/null || true; rm -f "$1"
}
kube() { (ns kubectl "$@"); }
ready() { [ "$( (ns curl -sk -m 2 -H 'Authorization: Bearer admin-token' https://127.0.0.1:6443/readyz) )" = ok ]; }
node_ready() { kube get node "$NODE" | grep -q ' Ready'; }
http_ok() { (ns curl -sf -m 2 -o /dev/null "$1"); }

# kubeconfig FILE TOKEN SERVER CERT
kubeconfig() {
  (umask 077; cat > "$1" <<K
apiVersion: v1
kind: Config
clusters: [{name: gorca, cluster: {server: "$3", certificate-authority-data: $(base64 -w0 "$4")}}]
users: [{name: me, user: {token: $2}}]
contexts: [{name: gorca, context: {cluster: gorca, user: me}}]
current-context: gorca
K
  )
}
etcd_flags() { # DATA CLIENTPORT PEERPORT
  echo --data-dir "$1" --listen-client-urls http://127.0.0.1:$2 --advertise-client-urls http://127.0.0.1:$2 \
    --listen-peer-urls http://127.0.0.1:$3 --initial-advertise-peer-urls http://127.0.0.1:$3 \
    --initial-cluster default=http://127.0.0.1:$3 --unsafe-no-fsync --log-level warn
}
api_flags() { # PKI ETCDPORT PORT
  echo --etcd-servers=http://127.0.0.1:$2 --cert-dir="$1" --secure-port=$3 --bind-address=127.0.0.1 \
    --service-cluster-ip-range=10.96.0.0/16 --token-auth-file="$1/tokens.csv" --allow-privileged=true --event-ttl=3h \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$1/sa.pub" --service-account-signing-key-file="$1/sa.key"
}
keys() { openssl genrsa -out "$1/sa.key" 2048 2>/dev/null; openssl rsa -in "$1/sa.key" -pubout -out "$1/sa.pub" 2>/dev/null; }

# ---- parts ------------------------------------------------------------------------------------
up_control() {
  ns_up
  all_alive etcd apiserver kcm scheduler && return
  local t0; t0=$(date +%s.%N)
  [ -f "$PKI/sa.key" ] || keys "$PKI"
  # system:masters for kube-state-metrics and kwok, the real roles for the others
  printf '%s\n' 'admin-token,admin,1,"system:masters"' 'kcm-token,system:kube-controller-manager,2' 'sched-token,system:kube-scheduler,3' \
    "kubelet-token,system:node:$NODE,4,\"system:nodes\"" 'proxy-token,system:kube-proxy,5' 'guest-token,guest,6' > "$PKI/tokens.csv"
  bg etcd etcd $(etcd_flags "$STATE/etcd" 2379 2380)
  bg apiserver kube-apiserver $(api_flags "$PKI" 2379 6443) --advertise-address=10.20.0.11 --authorization-mode=Node,RBAC \
    --kubelet-preferred-address-types=InternalIP
  wait_for 120 apiserver ready
  for p in admin kcm sched kubelet proxy guest; do kubeconfig "$STATE/$p.kubeconfig" $p-token https://127.0.0.1:6443 "$PKI/apiserver.crt"; done
  bg kcm kube-controller-manager --kubeconfig="$STATE/kcm.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/apiserver.crt" --use-service-account-credentials=true \
    --node-monitor-grace-period=40s --authentication-skip-lookup --kube-api-qps=200 --kube-api-burst=400
  bg scheduler kube-scheduler --kubeconfig="$STATE/sched.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false --authentication-skip-lookup
  wait_for 60 kcm kube -n default get sa default
  took control "$t0"
}
took() { echo "$1 up after $(awk "BEGIN{printf \"%.1f\", $(date +%s.%N)-$2}") s"; }
up_node() {
  up_control
  all_alive containerd imgreg kubelet proxy && return
  local t0; t0=$(date +%s.%N)
  image registry.internal/pause:1="$ROOT/bin/pause"
  bg imgreg imgreg -list "$ROOT/img/images.list"
  bg containerd containerd -c "$ROOT/etc/containerd.toml"
  wait_for 30 containerd ctr_ok
  wait_for 30 imgreg http_ok http://127.0.0.1:5000/v2/
  bg kubelet kubelet --config="$ROOT/etc/kubelet.yaml" --kubeconfig="$STATE/kubelet.kubeconfig" --hostname-override="$NODE" \
    --node-ip=10.20.0.11 --cert-dir="$STATE/pki/kubelet" --v=2
  bg proxy kube-proxy --kubeconfig="$STATE/proxy.kubeconfig" --proxy-mode=nftables --cluster-cidr=10.244.0.0/16 --hostname-override="$NODE" \
    --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249 --conntrack-max-per-core=0 --conntrack-min=0
  wait_for 60 kubelet node_ready
  took node "$t0"
}
ctr_ok() { (ns ctr version); }
up_monitor() {
  up_control
  all_alive ksm sink sd alertmanager prometheus && return
  local t0; t0=$(date +%s.%N)
  [ -f "$ROOT/mon/pods.json" ] || echo '[]' > "$ROOT/mon/pods.json"
  bg ksm kube-state-metrics --kubeconfig="$KUBECONFIG_ADMIN" --host=127.0.0.1 --port=8085 --telemetry-host=127.0.0.1 --telemetry-port=8086
  bg sink python3 "$HERE/mon/sink.py" "$ROOT/mon/webhooks.jsonl"
  bg sd python3 "$HERE/mon/sd.py" "$KUBECONFIG_ADMIN" "$ROOT/mon/pods.json"
  bg alertmanager prometheus-alertmanager --config.file="$ROOT/etc/alertmanager.yml" --storage.path="$STATE/alertmanager" \
    --web.listen-address=127.0.0.1:9093 --cluster.listen-address= --web.external-url=http://alertmanager.monitoring:9093
  bg prometheus prometheus --config.file="$ROOT/etc/prometheus.yml" --storage.tsdb.path="$STATE/prometheus" --storage.tsdb.retention.time=1d \
    --web.listen-address=127.0.0.1:9090 --web.external-url=http://prometheus.monitoring:9090
  wait_for 60 prometheus http_ok http://127.0.0.1:9090/-/ready
  wait_for 60 alertmanager http_ok http://127.0.0.1:9093/-/ready
  wait_for 60 ksm http_ok http://127.0.0.1:8085/healthz
  took monitor "$t0"
}
up_kwok() {
  up_control
  alive kwok && return
  local t0; t0=$(date +%s.%N)
  [ -s "$ROOT/etc/kwok-stages.yaml" ] || die "kwok is not prepared: cluster.sh prepare"
  kube apply -f "$ROOT/etc/kwok-crds.yaml" >/dev/null
  kube wait --for=condition=established crd/{stages,logs,clusterlogs}.kwok.x-k8s.io --timeout=30s >/dev/null
  kube apply -f "$ROOT/etc/kwok-stages.yaml" -f "$ROOT/etc/crashloop.yaml" >/dev/null
  bg kwok kwok --kubeconfig="$KUBECONFIG_ADMIN" --enable-crds=Stage,Logs,ClusterLogs --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake \
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --server-address=10.20.0.11:10247 --node-ip=10.20.0.11 --node-port=10247
  wait_for 30 kwok kwok_ok
  took kwok "$t0"
}
kwok_ok() { (ns curl -skf -m 2 -o /dev/null https://10.20.0.11:10247/healthz); }

# ---- images -----------------------------------------------------------------------------------
image() { # REF=BINARY: copies the binary and puts REF on the registry's list; the newest entry wins
  local ref=${1%%=*} bin=${1#*=} repo file
  case $1 in *:*=*) ;; *) die "want name:tag=binary, not $1" ;; esac
  [ -f "$bin" ] || die "no such binary: $bin"
  file=$ROOT/img/${ref//[\/:]/_}
  repo=${ref%:*}; case ${repo%%/*} in *.*) repo=${repo#*/} ;; esac # the registry never sees the host part of a name
  mkdir -p "$ROOT/img"; touch "$ROOT/img/images.list"
  cp "$bin" "$file.new" && mv "$file.new" "$file"
  { grep -v "^$repo:${ref##*:}=" "$ROOT/img/images.list" || true; echo "$repo:${ref##*:}=$file"; } > "$ROOT/img/images.list.new"
  mv "$ROOT/img/images.list.new" "$ROOT/img/images.list"
}

# ---- etcd + apiserver alone -------------------------------------------------------------------
api_start() { # DIR PORT
  local d=$1 port=$2 t0; t0=$(date +%s.%N)
  for b in etcd kube-apiserver; do [ -x "$ROOT/bin/$b" ] || die "$b is missing: cluster.sh prepare control"; done
  rm -rf "$d"; mkdir -p "$d/pki"; keys "$d/pki"
  printf '%s\n' 'admin-token,admin,1,"system:masters"' 'guest-token,guest,2' > "$d/pki/tokens.csv"
  setsid "$ROOT/bin/etcd" $(etcd_flags "$d/etcd" $((port + 1)) $((port + 2))) </dev/null >"$d/etcd.log" 2>&1 & echo $! > "$d/etcd.pid"
  setsid "$ROOT/bin/kube-apiserver" $(api_flags "$d/pki" $((port + 1)) "$port") --authorization-mode=RBAC --advertise-address=127.0.0.1 \
    --endpoint-reconciler-type=none --disable-admission-plugins=ServiceAccount </dev/null >"$d/apiserver.log" 2>&1 & echo $! > "$d/apiserver.pid"
  local end=$((SECONDS + 90))
  until [ "$(curl -sk -m 2 -H 'Authorization: Bearer admin-token' https://127.0.0.1:$port/readyz)" = ok ]; do
    kill -0 "$(cat "$d/apiserver.pid")" 2>/dev/null && [ $SECONDS -lt $end ] || { tail -5 "$d/apiserver.log" "$d/etcd.log" >&2; api_stop "$d"; die "apiserver did not start"; }
    sleep 0.1
  done
  for u in admin guest; do kubeconfig "$d/$u.kubeconfig" $u-token "https://127.0.0.1:$port" "$d/pki/apiserver.crt"; done
  took "apiserver on 127.0.0.1:$port" "$t0" >&2
}
api_stop() { # DIR: apiserver first; without etcd it does not end
  local n p
  for n in apiserver etcd; do
    p=$(cat "$1/$n.pid" 2>/dev/null) || continue
    ! grep -aqF "$1/" "/proc/$p/cmdline" 2>/dev/null || { kill "$p" 2>/dev/null || true; ended "$1/$n.pid" 4; }
  done
  rm -rf "$1"
}
api_only() {
  if [ "${1:-}" = -- ]; then
    shift; [ $# -gt 0 ] || die "api-only -- CMD..."
    local un=(unshare -n); [ "$(id -u)" = 0 ] || un=(unshare -rn)
    exec "${un[@]}" "$HERE/cluster.sh" api-only-inside "$@"
  fi
  case ${1:-} in [1-9]*) ;; *) die "api-only PORT  or  api-only -- CMD..." ;; esac
  [ ! -f "$ROOT/api-$1/apiserver.pid" ] || die "port $1 is in use by an api-only of this ROOT (cluster.sh down ends it)"
  api_start "$ROOT/api-$1" "$1"
  echo "export KUBECONFIG=$ROOT/api-$1/admin.kubeconfig"
}
api_only_inside() {
  local rc=0; d=$ROOT/api-ns$$ # d is global: the trap needs it
  ip link set lo up
  trap 'api_stop "$d"' EXIT
  trap 'kill $! 2>/dev/null; exit 143' TERM INT HUP
  api_start "$d" 6443
  KUBECONFIG=$d/admin.kubeconfig PATH=$ROOT/bin:$PATH "$@" <&0 & # in the background, so that a signal ends it and the servers
  wait $! || rc=$?
  exit $rc
}

# ---- down -------------------------------------------------------------------------------------
members() { find /sys/fs/cgroup/pids/$CG -name cgroup.procs -exec cat {} + 2>/dev/null || true; }
wipe() { # state of a cluster that does not run
  [ -z "$(members)" ] || return 0
  local c d
  for c in $CTRL; do [ ! -d /sys/fs/cgroup/$c/$CG ] || find /sys/fs/cgroup/$c/$CG -depth -type d -exec rmdir {} \; 2>/dev/null || true; done
  # mount points made by ns_up go with the last cluster: removing one detaches it in the namespaces of the others too
  ls -d /sys/fs/cgroup/pids/gorca-* >/dev/null 2>&1 ||
    for d in $MOUNTPOINTS; do [ ! -f $d/.gorca-cluster ] || { rm -f $d/.gorca-cluster; rmdir $d 2>/dev/null || true; }; done
  rm -rf "$STATE" "$ROOT/run"
}
down() {
  local d n i p left
  for d in "$ROOT"/api-*; do [ ! -d "$d" ] || api_stop "$d"; done
  for n in sd sink prometheus alertmanager ksm kwok kubelet proxy scheduler kcm apiserver; do
    alive $n && kill "$(cat "$ROOT/run/$n.pid")" 2>/dev/null || true
  done
  for n in kubelet proxy scheduler kcm prometheus apiserver; do alive $n && ended "$ROOT/run/$n.pid" 5; done || true
  # the rest (pods, shims, containerd, etcd, the holder of the namespaces) is in the cluster's own cgroup and nothing else is
  for ((i = 0; i < 50; i++)); do
    p=$(members); [ -n "$p" ] || break
    find /sys/fs/cgroup/freezer/$CG -mindepth 1 -name freezer.state -exec sh -c 'echo THAWED > "$1"' _ {} \; 2>/dev/null || true
    kill -9 $p 2>/dev/null || true; sleep 0.2
  done
  for ((i = 0; i < 20; i++)); do wipe; ls -d /sys/fs/cgroup/*/$CG >/dev/null 2>&1 || break; sleep 0.2; done
  left="$(ls -d /sys/fs/cgroup/*/$CG 2>/dev/null || true) $(members | tr '\n' ' ')"
  [ -z "${left// /}" ] || die "left behind: $left"
  echo "down: no process, cgroup or namespace of $ROOT is left"
}
status() {
  local f n p any=""
  for f in "$ROOT"/run/*.pid "$ROOT"/api-*/*.pid; do
    [ -f "$f" ] || continue
    any=1 p=$(cat "$f"); n=${f#"$ROOT"/}; n=${n#run/}
    if kill -0 "$p" 2>/dev/null; then printf '%-28s pid %-8s %5d MiB\n' "${n%.pid}" "$p" "$(($(ps -o rss= -p "$p") / 1024))"
    else printf '%-28s ended, see the log\n' "${n%.pid}"; fi
  done
  [ -n "$any" ] || { echo "nothing runs"; return; }
  [ ! -f "$KUBECONFIG_ADMIN" ] || { kube get nodes; kube get pods -A; } 2>&1
}

cmd=$1; shift
if [ "${GORCA_INSIDE:-}" = "$ROOT" ]; then # called from "run": the cgroup paths and pids of the outside are not visible here
  case $cmd in
    run) exec "$@" ;;
    kubectl) exec kubectl "$@" ;;
    *) die "$cmd must be called from outside of run" ;;
  esac
fi
case $cmd in
  prepare) exec "$HERE/prepare.sh" "$@" ;;
  up)
    [ $# -gt 0 ] || die "up what? control node monitor kwok"
    for p in "$@"; do case $p in control | node | monitor | kwok) ;; *) die "no part called $p" ;; esac; done
    for p in "$@"; do up_$p; done ;;
  api-only) api_only "$@" ;;
  api-only-inside) api_only_inside "$@" ;; # internal: second half of api-only --
  run) need_up; ns "$@" ;;
  kubectl) need_up; ns kubectl "$@" ;;
  images)
    for i in "$@"; do image "$i"; done
    if alive imgreg; then (ns curl -sSf -X POST http://127.0.0.1:5000/-/reload)
    elif holder >/dev/null; then bg imgreg imgreg -list "$ROOT/img/images.list"; fi
    cut -d= -f1 "$ROOT/img/images.list" ;;
  status) status ;;
  down) down ;;
  *) usage >&2; die "no command called $cmd" ;;
esac
