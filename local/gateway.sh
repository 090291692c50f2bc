#!/usr/bin/env bash
# gateway.sh NAME DIR BIN FILE: brings the gateway into the cluster that is up or starts, and a way to it from this machine alone.
# BIN: folders with the tools, as in PATH. FILE: the kinds of the Gateway API. Prints the domain with its ports, the plain one first.
set -euo pipefail
name=$1 dir=$2 bin=$3 kinds=$4
here=$(cd "$(dirname "$0")" && pwd)
run=$dir/run domain=dynenv.localhost
export PATH="$bin:/usr/local/sbin:/usr/sbin:/sbin:$PATH" KUBECONFIG=$run/kubeconfig NO_PROXY='*' no_proxy='*'

# An authority of its own: that of the cluster lets people into the cluster.
make_certificate() {
  mkdir -p "$run/gateway"
  cd "$run/gateway"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 3650 \
    -subj "/CN=gateway of $name" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj "/CN=*.$domain" 2>/dev/null
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 800 -out tls.crt \
    -extfile <(echo "subjectAltName=DNS:*.$domain") 2>/dev/null
}

objects() {
  sed -e "s/DOMAIN/$domain/; s/CERTIFICATE/$(base64 -w0 tls.crt)/; s/KEY/$(base64 -w0 tls.key)/" "$here/gateway.yaml"
}

# The process that all others of the cluster end with: the first in their own process namespace. The one that waits for it is
# not in there.
first_process() {
  local process
  for process in $(ip netns pids "$name"); do
    if grep -qP '^NSpid:\t\d+\t1$' "/proc/$process/status" 2>/dev/null; then
      echo "$process"
      return
    fi
  done
  echo "the cluster has ended meanwhile" >&2
  return 1
}

# listen FIRST TARGET: takes connections to a free port of 127.0.0.1 and hands them to a port of the node. In the cluster's
# process namespace, so that it ends with the cluster; it bears the cluster's name.
listen() {
  local port process
  process=$(first_process)
  for port in $(seq "$1" 256 "$(($1 + 2048))"); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
    setsid nsenter --target "$process" --pid -- \
      socat -lp "$name" "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" "TCP:$ip:$2" >>"$run/log/gateway-port.log" 2>&1 </dev/null &
    echo "$port"
    return
  done
  echo "no free port on 127.0.0.1 for the gateway: $1 and all that follow in steps of 256 are taken" >&2
  return 1
}

# wait_until COMMAND...
wait_until() {
  for _ in $(seq 1200); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "the cluster did not start in time: $*" >&2
  return 1
}

import_image() {
  wait_until ctr -a "/run/$name/containerd.sock" version
  "$here/import-image.sh" "/run/$name" "$run" traefik
}

wait_until kubectl get --raw /readyz
ip=$(sed -n 's|.*server: "https://\([0-9.]*\):.*|\1|p' "$KUBECONFIG")
import_image &
imported=$!
make_certificate
kubectl create -f "$kinds" >/dev/null
kubectl wait --for=condition=Established --timeout=20s -f "$kinds" >/dev/null
wait "$imported"
objects | kubectl apply -f - >/dev/null
kubectl -n gateway wait --for=condition=Available deploy/traefik --timeout=60s >/dev/null
n=$(cut -d. -f3 <<<"$ip")
http=$(listen $((18000 + n)) 80)
https=$(listen $((20600 + n)) 443)
echo "$domain:$http $domain:$https"
