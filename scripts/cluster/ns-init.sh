#!/bin/bash
# ns-init.sh: first process of the cluster's own mount, network, uts and cgroup namespaces.
# Started by cluster.sh through "unshare -m -n -u -C"; wants ROOT NODE CTRL. It sleeps for ever
# and holds the namespaces; everything mounted here disappears with the last process inside.
set -eu
mount --make-rprivate /
# cgroup v1 hierarchies again, now rooted in the cluster's own cgroup: kubelet needs the same
# path in every hierarchy, and nothing outside the subtree can be touched
mkdir -p "$ROOT/state/cg"; mount -t tmpfs -o mode=755 tmpfs "$ROOT/state/cg"
for c in $CTRL; do
  o=$c; [ "$c" = systemd ] && o=none,name=systemd
  mkdir "$ROOT/state/cg/$c"; mount -t cgroup -o $o cgroup "$ROOT/state/cg/$c"
done
for c in $CTRL unified; do umount "/sys/fs/cgroup/$c" 2>/dev/null || true; done
for c in $CTRL; do mount --move "$ROOT/state/cg/$c" "/sys/fs/cgroup/$c"; done
umount "$ROOT/state/cg"
# kubelet writes these sysctls at start: let it write plain files instead
for kv in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  k=${kv%=*}; f=$ROOT/state/sysctl-${k//\//.}
  echo "${kv#*=}" > "$f"; mount --bind "$f" "/proc/sys/$k"
done
mount -t tmpfs -o mode=755 tmpfs /run # containerd's socket, network namespaces, lock files
mkdir -p /run/containerd /run/lock
for d in lib/kubelet lib/cni log/pods log/containers; do
  mkdir -p "$ROOT/state/var/$d"; mount --bind "$ROOT/state/var/$d" "/var/$d"
done
# Debian's Alertmanager opens its default templates by this fixed path
[ ! -d "$ROOT/deb/root/usr/share/prometheus" ] || mount --bind "$ROOT/deb/root/usr/share/prometheus" /usr/share/prometheus
# names resolve to the node or fail at once: without this Prometheus waits 10 s for an unreachable name server
printf '127.0.0.1 localhost\n10.20.0.11 %s\n' "$NODE" > "$ROOT/state/hosts"; : > "$ROOT/state/resolv.conf"
for f in hosts resolv.conf; do [ ! -e /etc/$f ] || mount --bind "$ROOT/state/$f" /etc/$f; done
mount --make-rshared /
hostname "$NODE"
ip link set lo up
ip link add node0 type bridge; ip addr add 10.20.0.11/24 dev node0; ip link set node0 up
ip link add up0 type veth peer name up1; ip link set up0 master node0; ip link set up0 up; ip link set up1 up # a bridge without a port has no carrier
ip route add default via 10.20.0.1 dev node0 onlink # leads nowhere; kubelet wants a default route
echo 1 > /proc/sys/net/ipv4/ip_forward
touch "$ROOT/run/ns-ready"
exec sleep infinity
