#!/usr/bin/env bash
# sandbox.sh up|down NAME DIR BIN: a one-node Kubernetes cluster in network, mount and PID namespaces of its own.
# NAME names the network namespace, the link and the folder of sockets below /run; DIR/run goes with the cluster,
# DIR/images and the logs of the last one stay; BIN holds the tools. Nothing else of the cluster can stay behind:
# `down` ends its processes, and with them go the mounts, bridges and packet-filter rules of its namespaces; the one mount
# outside of these, the backend's, it takes away itself.
set -euo pipefail
action=$1 name=$2 dir=$3 bin=$4
here=$(cd "$(dirname "$0")" && pwd)
run=$dir/run

# Pulumi's backend, in memory: each of its writes would wait for the disk.
backend=$run/pulumi

# What the node's programs write to fixed places is kept in memory, inside of the sandbox.
made=/run/dynenv-folders
hidden=(/run/netns /run/containerd /run/docker /var/lib/cni /var/lib/kubelet /var/log/pods /var/log/containers /etc/docker)

# One start after the other (the lock is on the folder): a subnet is taken only once its link is up.
connect() {
  exec 9</run
  flock 9
  subnet=$(free_subnet)
  make_hidden
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip addr add "$subnet.1/24" dev "$name"
  ip link set "$name" up
  exec 9>&-
  ip -n "$name" addr add "$subnet.2/24" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" link set lo up
  ip -n "$name" route add default via "$subnet.1"
}

free_subnet() {
  local routes n
  routes=$(ip -4 route show)
  for n in $(seq 1 254); do
    if ! grep -q "10\.201\.$n\." <<<"$routes"; then echo "10.201.$n"; return; fi
  done
  echo "no free subnet: all of 10.201.1.0/24 to 10.201.254.0/24 are routed on this host: remove one of these routes, or set KUBECONFIG to use a cluster of yours" >&2
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
  remove_hidden
  if [ -d "$run/log" ]; then
    rm -rf "$dir/log"
    mv "$run/log" "$dir/log"
  fi
  if mountpoint --quiet "$backend"; then umount --lazy "$backend"; fi
  rm -rf "$run" "/run/$name"
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

# Makes the folders that are to be hidden, and remembers which were not there.
make_hidden() {
  local folder
  for folder in "${hidden[@]}"; do
    if [ ! -d "$folder" ]; then
      mkdir -p "$folder"
      echo "$folder" >>"$made"
    fi
  done
}

# The last cluster removes them: without the folder, another's mount on it would be gone.
remove_hidden() {
  exec 9</run
  flock 9
  if [ -e "$made" ] && ! compgen -G "/run/netns/dynenv-*" >/dev/null; then
    xargs -r rmdir --ignore-fail-on-non-empty <"$made" 2>/dev/null || true
    rm "$made"
  fi
  exec 9>&-
}

up() {
  down
  mkdir -p "$run/log" "$dir/images" "/run/$name" "$backend"
  chmod 700 "$dir" "$run" "/run/$name"
  modprobe -qa br_netfilter overlay || true
  connect
  mount -t tmpfs -o mode=700 "$name" "$backend"
  exec 8</proc/self/ns/net # The host's network, for the node's way out.
  # nsenter, not `ip netns exec`: the latter mounts a new /sys, in which the kubelet finds no cgroups.
  setsid nohup nsenter --net="/run/netns/$name" unshare --mount --pid --fork --mount-proc bash -c '
    here=$1 node=("${@:2:4}"); shift 5
    for folder; do mount -t tmpfs tmpfs "$folder"; done
    "$here/node.sh" "${node[@]}" && touch "${node[1]}/run/ready" && exec sleep infinity 8<&-' - "$here" "$name" "$dir" "$bin" "$subnet.2" "${hidden[@]}" >"$run/log/sandbox.log" 2>&1 </dev/null &
  node=$!
  exec 8<&-
  for _ in $(seq 1200); do
    if [ -e "$run/ready" ]; then return; fi
    kill -0 "$node" 2>/dev/null || break
    sleep 0.1
  done
  reason=$(tail -n 1 "$run/log/sandbox.log" || true)
  echo "the cluster did not start: ${reason:-no reason was written, maybe because no space is left in $dir}" >&2
  return 1
}

"$action"
