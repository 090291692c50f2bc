#!/usr/bin/env bash
# import-image.sh SOCKETS FOLDER TOOL: makes an image of one static binary, which is on PATH, and imports it straight into
# containerd, whose socket is in SOCKETS. FOLDER is for what it makes on the way.
set -euo pipefail
sockets=$1 work=$2/image-$3 tool=$3
mkdir -p "$work/root/tmp"
cp "$(command -v "$tool")" "$work/root/$tool"
tar -C "$work/root" --owner=0 --group=0 -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
printf '{"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/%s"], "WorkingDir": "/"}, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
  "$tool" "$layer" >"$work/config.json"
printf '[{"Config": "config.json", "RepoTags": ["localhost/%s:local"], "Layers": ["layer.tar"]}]' "$tool" >"$work/manifest.json"
tar -C "$work" -cf "$work.tar" manifest.json config.json layer.tar
ctr -a "$sockets/containerd.sock" -n k8s.io images import "$work.tar" >/dev/null
rm -rf "$work" "$work.tar"
