#!/usr/bin/env bash
# node.sh NAME DIR BIN IP: starts the node inside of its sandbox: control plane, kubelet, policies, DNS, registry and a
# build daemon. BIN: folders with the tools, as in PATH. Ends when the node is ready; the processes go on.
set -euo pipefail
name=$1 dir=$2 bin=$3 ip=$4
here=$(cd "$(dirname "$0")" && pwd)
run=$dir/run sockets=/run/$name
service_cidr=10.96.0.0/16 pod_cidr=10.244.0.0/24 dns_ip=10.96.0.10 registry=$ip:5000 public_registry=$ip:5001 pull_registry=$ip:5002
pids_limit=1024 build_ip=10.245.0.1/24 build_cidr=10.245.0.0/24 out_table=100
export PATH="$bin:/usr/local/sbin:/usr/sbin:/sbin:$PATH"
# For the build daemon alone: what the others ask is in the sandbox.
mapfile -t proxies < <(env | grep -iE '^https?_proxy=.')
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
mkdir -p "$run"/{pki,etc,kubelet,cni} "$dir/images"/{registry,docker}

start() {
  local log=$run/log/$1.log
  shift
  setsid "$@" >"$log" 2>&1 </dev/null &
}

# wait_for SECONDS WHAT COMMAND...
wait_for() {
  local tries=$(($1 * 10)) what=$2
  shift 2
  for _ in $(seq "$tries"); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "$what did not start: its log is in $dir/log"
  return 1
}

# The way out for the node itself, which pulls base images, and for builds; pods have none. slirp4netns, in the host's network
# (descriptor 8), sends all that comes by the device `out` through sockets of its own: nothing has to be set up on the host,
# and it ends with the sandbox's processes. Without /dev/net/tun, as in some containers, there is no way out.
open_way_out() {
  local device
  if [ ! -e /dev/net/tun ]; then return; fi
  start out nsenter --net=/proc/self/fd/8 slirp4netns --netns-type=path --disable-host-loopback --mtu=65520 /proc/1/ns/net out
  wait_for 10 "slirp4netns" ip link show out || return 0
  ip addr add 10.0.2.100/24 dev out noprefixroute
  ip link set out up
  ip route add 10.0.2.0/24 dev out table $out_table
  ip route add default via 10.0.2.2 dev out table $out_table
  for device in lo docker0; do
    ip rule add priority 100 iif $device lookup main suppress_prefixlength 0
    ip rule add priority 101 iif $device lookup $out_table
  done
  iptables -t nat -A POSTROUTING -s $build_cidr -o out -j MASQUERADE
  # slirp4netns asks the host's name server at 10.0.2.3, which may be one that only the host can ask.
  { echo nameserver 10.0.2.3; grep -E '^(search|domain|options) ' /etc/resolv.conf || true; } >"$run/etc/resolv.conf"
  mount --bind "$run/etc/resolv.conf" /etc/resolv.conf
}

make_certificates() {
  cd "$run/pki"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN=dynenv 2>/dev/null
  openssl genrsa -out sa.key 2048 2>/dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  certificate api /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,IP:$ip,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  certificate admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
  certificate node /O=system:nodes/CN=system:node:local "extendedKeyUsage=clientAuth,serverAuth
subjectAltName=IP:$ip,DNS:local"
  certificate controllers /CN=system:kube-controller-manager extendedKeyUsage=clientAuth
  certificate scheduler /CN=system:kube-scheduler extendedKeyUsage=clientAuth
  certificate proxy /CN=system:kube-proxy extendedKeyUsage=clientAuth
  (
    umask 077
    for user in admin node controllers scheduler proxy; do kubeconfig $user >"$run/etc/$user.kubeconfig"; done
    kubeconfig admin >"$run/kubeconfig"
  )
}

certificate() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" \
    -extfile <(printf '%s\n' "$3") 2>/dev/null
}

# The context's name derives from server and CA: state that names it can never be applied to another cluster.
kubeconfig() {
  local context
  context=dynenv-$( (echo "https://$ip:6443"; cat ca.crt) | sha256sum | cut -c1-12)
  cat <<YAML
apiVersion: v1
kind: Config
clusters: [{name: $context, cluster: {server: "https://$ip:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}}]
contexts: [{name: $context, context: {cluster: $context, user: $1}}]
current-context: $context
YAML
}

# A benchmark counts requests by what is logged of them.
audit_flags() {
  if [ -e "$dir/audit-policy.yaml" ]; then
    echo "--audit-policy-file=$dir/audit-policy.yaml --audit-log-path=$run/log/audit.log"
  fi
}

start_control_plane() {
  local audit
  read -ra audit <<<"$(audit_flags)"
  start etcd etcd --data-dir "$run/etcd" --unsafe-no-fsync --listen-peer-urls http://127.0.0.1:2380 \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379
  start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address="$ip" \
    --tls-cert-file="$run/pki/api.crt" --tls-private-key-file="$run/pki/api.key" --client-ca-file="$run/pki/ca.crt" \
    --service-account-key-file="$run/pki/sa.pub" --service-account-signing-key-file="$run/pki/sa.key" \
    --service-account-issuer=https://kubernetes.default.svc --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=$service_cidr --allow-privileged=true \
    --kubelet-preferred-address-types=InternalIP "${audit[@]}" \
    --kubelet-client-certificate="$run/pki/admin.crt" --kubelet-client-key="$run/pki/admin.key"
  export KUBECONFIG=$run/kubeconfig
  wait_for 30 "the API server" kubectl get --raw /readyz
  start controllers kube-controller-manager --kubeconfig="$run/etc/controllers.kubeconfig" --leader-elect=false \
    --service-account-private-key-file="$run/pki/sa.key" --root-ca-file="$run/pki/ca.crt" \
    --use-service-account-credentials --allocate-node-cidrs=false
  start scheduler kube-scheduler --kubeconfig="$run/etc/scheduler.kubeconfig" --leader-elect=false
  start volumes "$here/volumes.sh" "$run/volumes"
}

start_containerd() {
  mkdir -p "${embedded_registries[@]/#/$run/etc/certs.d/}"
  for host in "${embedded_registries[@]}"; do pulls_from "$host" "${host/%:5000/:5001}"; done
  pulls_from "$registry" "$pull_registry"
  # Against fork bombs. The kubelet's own podPidsLimit needs its hierarchy of control groups.
  ctr oci spec | sed "s/\"resources\": {/&\"pids\": {\"limit\": $pids_limit},/" >"$run/etc/base-spec.json"
  cat >"$run/etc/containerd.toml" <<TOML
version = 2
root = "$run/containerd/root"
state = "$run/containerd/state"
[grpc]
  address = "$sockets/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:local"
  restrict_oom_score_adj = true
  # They lie beside the container's own layer, where the kubelet does not count what is written.
  ignore_image_defined_volumes = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    base_runtime_spec = "$run/etc/base-spec.json"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$run/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$run/etc/certs.d"
TOML
  cat >"$run/cni/10-bridge.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "local", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "isDefaultGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pod_cidr"}]]}},
  $(without_ipv6)
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  start containerd containerd --config "$run/etc/containerd.toml"
  wait_for 20 containerd ctr -a "$sockets/containerd.sock" version
  for tool in pause coredns; do "$here/import-image.sh" "$sockets" "$run" $tool; done
}

# Of the embedded clusters of this machine, whichever are up: a release that was tested in one is deployed to another, which pulls
# without a login, as it has none there.
embedded_registries=(10.201.{1..254}.2:{5000,5001})

# pulls_from REGISTRY SERVER: what is called after the one is pulled from the other, with the same login.
pulls_from() {
  printf 'server = "http://%s"\n[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' "$2" "$2" \
    >"$run/etc/certs.d/$1/hosts.toml"
}

# Policies are for IPv4 alone, and a link-local address of IPv6 needs nobody to assign it: so pods have none, and
# (drop_ipv6) the bridge passes none on.
without_ipv6() {
  if [ -e /proc/sys/net/ipv6 ]; then
    echo '{"type": "tuning", "sysctl": {"net.ipv6.conf.all.disable_ipv6": "1"}},'
  fi
}

drop_ipv6() {
  local chain protocol
  for chain in INPUT FORWARD OUTPUT; do
    for protocol in IPv4 ARP; do ebtables -A $chain -p $protocol -j ACCEPT; done
    ebtables -P $chain DROP
  done
}

# cgroupRoot gives the pods' control groups a parent of the cluster's own, which can be removed with it. Without the
# kubelet's own hierarchy below it, the same settings do on cgroup v1 and v2.
start_kubelet() {
  local has_capacity=false disk=""
  # Where the file system tells no size, no pod that states what it takes of the disk would find room. Elsewhere pods end
  # before the machine's disk is full: a share of it, as by default, may have been taken before the cluster starts.
  if [ "$(stat --file-system --format=%b "$run")" -gt 0 ]; then
    has_capacity=true disk=", nodefs.available: 500Mi, imagefs.available: 500Mi"
  fi
  cat >"$run/etc/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $run/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $run/pki/node.crt
tlsPrivateKeyFile: $run/pki/node.key
clusterDomain: cluster.local
clusterDNS: [$dns_ip]
containerRuntimeEndpoint: unix://$sockets/containerd.sock
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
cgroupRoot: /$name
enforceNodeAllocatable: []
failSwapOn: false
localStorageCapacityIsolation: $has_capacity
podCIDR: $pod_cidr
maxPods: 250
maxParallelImagePulls: 4
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi$disk}
evictionPressureTransitionPeriod: 30s
YAML
  start kubelet kubelet --config="$run/etc/kubelet.yaml" --kubeconfig="$run/etc/node.kubeconfig" \
    --hostname-override=local --node-ip="$ip" --root-dir="$run/kubelet"
  # The kubelet reads 4 KiB of a termination log, but neither limits it nor counts it as the pod's.
  start termination-logs bash -c 'while sleep 5; do
    find "$0"/*/containers -type f -size +1M -exec truncate --size=0 {} + 2>/dev/null
  done' "$run/kubelet/pods"
}

start_network() {
  sysctl -qw net.ipv4.ip_forward=1
  sysctl -qw net.bridge.bridge-nf-call-iptables=1
  cat >"$run/etc/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $run/etc/proxy.kubeconfig}
clusterCIDR: $pod_cidr
hostnameOverride: local
conntrack: {maxPerCore: 0}
iptables: {minSyncPeriod: 100ms}
YAML
  start proxy kube-proxy --config="$run/etc/proxy.yaml"
  wait_for 30 "the kubelet" kubectl get node local
  kubectl patch node local -p "{\"spec\": {\"podCIDR\": \"$pod_cidr\", \"podCIDRs\": [\"$pod_cidr\"]}}" >/dev/null
  # To the node's ports in that range it lets everybody: kube-proxy needs none of it, and on 1 and 2 listens nobody.
  start kube-router kube-router --kubeconfig="$run/etc/admin.kubeconfig" --run-firewall=true --run-router=false \
    --run-service-proxy=false --hostname-override=local --service-cluster-ip-range=$service_cidr --health-port=20244 \
    --service-node-port-range=1-2 --iptables-sync-period=15s # An event that it misses would else count for five minutes.
  sed "s/DNS_IP/$dns_ip/" "$here/coredns.yaml" | kubectl apply -f - >/dev/null
}

# One name for everybody: host, build daemon and kubelet all know the registry by the sandbox's address. A registry's
# htpasswd says who somebody is, not what they may do: so the one that takes pushes knows no login but theirs, and containerd
# pulls from another, read-only one, which knows the environments' login, too. The public one is the same for those who get
# no login, such as the pipelines of forks: they may pull.
start_registries() {
  local read_only="maintenance: {readonly: {enabled: true}}"
  start_registry registry "$registry" "delete: {enabled: true}" "auth: {htpasswd: {realm: dynenv, path: $dir/htpasswd-push}}"
  start_registry pull-registry "$pull_registry" "$read_only" "auth: {htpasswd: {realm: dynenv, path: $dir/htpasswd-pull}}"
  start_registry public-registry "$public_registry" "$read_only" ""
  # With the scheme, since the daemon's BuildKit takes an address with a port for none (moby 20.10, RegistryHosts).
  start dockerd env "${proxies[@]}" NO_PROXY="$ip,${NO_PROXY:-${no_proxy:-}}" dockerd --data-root "$dir/images/docker" --exec-root "$sockets/docker" --pidfile "$run/docker.pid" \
    -H "unix://$sockets/docker.sock" --containerd "$sockets/containerd.sock" --bip "$build_ip" --iptables=false \
    --insecure-registry "http://$registry"
  echo "$registry" >"$run/registry"
  echo "$public_registry" >"$run/public-registry"
}

# start_registry NAME ADDRESS STORAGE AUTH
start_registry() {
  cat >"$run/etc/$1.yaml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $dir/images/registry}, $3}
http: {addr: "$2"}
$4
YAML
  start "$1" docker-registry serve "$run/etc/$1.yaml"
}

open_way_out
exec 8<&-
make_certificates
start_containerd &
containerd_started=$!
start_control_plane
wait "$containerd_started"
start_registries
drop_ipv6
start_kubelet
start_network
wait_for 60 "CoreDNS" kubectl -n kube-system wait --for=condition=Available deploy/coredns --timeout=5s
wait_for 30 "the registry" bash -c "exec 3<>/dev/tcp/${registry/://}"
wait_for 30 "the registry for pulls" bash -c "exec 3<>/dev/tcp/${pull_registry/://}"
wait_for 30 "the public registry" bash -c "exec 3<>/dev/tcp/${public_registry/://}"
wait_for 30 "dockerd" test -S "$sockets/docker.sock"
