#!/usr/bin/env bash
# volumes.sh FOLDER: gives the cluster a storage class, its default, with volumes that are folders of the node: each is
# emptied, and taken again, once its claim is gone. Nobody holds them to a size.
set -euo pipefail
folder=$1 volumes=16 room=100Gi

class() {
  cat <<YAML
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
YAML
}

volume() {
  mkdir -p "$folder/$1"
  cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1}
spec:
  capacity: {storage: $room}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: local
  local: {path: "$folder/$1"}
  nodeAffinity:
    required:
      nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [local]}]}]
YAML
}

{
  class
  for n in $(seq $volumes); do volume "local-$n"; done
} | kubectl create --filename=-

# The API server ends each watch after a while.
while true; do
  kubectl get persistentvolumes --watch --output='jsonpath={.metadata.name} {.status.phase}{"\n"}' |
    while read -r name phase; do
      if [ "$phase" != Released ]; then continue; fi
      find "$folder/$name" -mindepth 1 -delete
      kubectl patch persistentvolume "$name" --type=json --patch='[{"op": "remove", "path": "/spec/claimRef"}]'
    done
  sleep 1
done
