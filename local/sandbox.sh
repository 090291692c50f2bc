#!/usr/bin/env bash
# sandbox.sh up|down NAME DIR BIN: a one-node Kubernetes cluster in network, mount and PID namespaces of its own.
# NAME names the network namespace and the link; DIR/run goes with the cluster, DIR/images stays; BIN holds the tools.
# Nothing of the cluster can stay behind: `down` ends its first process, and with it every process, mount, bridge and
# packet-filter rule in its namespaces.
set -euo pipefail
action=$1 name=$2 dir=$3 bin=$4
here=$(cd "$(dirname "$0")" && pwd)
run=$dir/run

free_subnet() {
  local routes n
  routes=$(ip -4 route show)
  for n in $(seq 1 254); do
    if ! grep -q "10\.201\.$n\." <<<"$routes"; then echo "10.201.$n"; return; fi
  done
  echo "no free subnet: all of 10.201.1.0/24 to 10.201.254.0/24 are routed on this host" >&2
  return 1
}

down() {
  if [ -e "/run/netns/$name" ]; then
    ip netns pids "$name" | xargs -r kill -9 2>/dev/null || true
    while [ -n "$(ip netns pids "$name")" ]; do sleep 0.05; done
    ip netns del "$name"
  fi
  ip link del "$name" 2>/dev/null || true
  remove_cgroups
  rm -rf "$run"
}

# The kernel keeps a cgroup busy for a moment after its last process has ended.
remove_cgroups() {
  local root
  for root in /sys/fs/cgroup /sys/fs/cgroup/*/; do
    [ -d "$root/$name" ] || continue
    for _ in $(seq 40); do
      find "$root/$name" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.05
    done
  done
}

up() {
  local subnet
  down
  subnet=$(free_subnet)
  mkdir -p "$run" "$dir/images"
  chmod 700 "$dir" "$run"
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip addr add "$subnet.1/24" dev "$name"
  ip link set "$name" up
  ip -n "$name" addr add "$subnet.2/24" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" link set lo up
  ip -n "$name" route add default via "$subnet.1"
  # nsenter, not `ip netns exec`: the latter mounts a new /sys, in which the kubelet finds no cgroups. The tmpfs
  # takes the names that the CNI plugins leave in /run/netns.
  setsid nohup nsenter --net="/run/netns/$name" unshare --mount --pid --fork --mount-proc bash -c '
    mount -t tmpfs tmpfs /run/netns
    "$0/node.sh" "$@" && touch "$2/run/ready" || touch "$2/run/failed"
    exec sleep infinity' "$here" "$name" "$dir" "$bin" "$subnet.2" >"$run/sandbox.log" 2>&1 </dev/null &
  for _ in $(seq 1200); do
    if [ -e "$run/ready" ]; then return; fi
    if [ -e "$run/failed" ]; then break; fi
    sleep 0.1
  done
  echo "the cluster did not start: $(tail -n 1 "$run/sandbox.log")" >&2
  return 1
}

"$action"
