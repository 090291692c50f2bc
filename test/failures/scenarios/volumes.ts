import { within, type Scenario } from "./scenario.ts";

const volume = { persistentVolumeClaim: { claimName: "data" } };
const claim = {
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "nowhere",
    resources: { requests: { storage: "1Gi" } },
  },
};

export const volumes: Scenario[] = [
  { cause: "config-missing", what: "a volume of a ConfigMap", volume: { configMap: { name: "nowhere" } } },
  {
    cause: "mount-failed",
    what: "a driver that no node has",
    volume: { csi: { driver: "nowhere.example.com" } },
  },
  { cause: "volume-claim-missing", what: "a claim that nobody made", volume },
  {
    cause: "volume-unbound",
    evidence: /claim data: .*"nowhere" not found/,
    what: "a class that provisions nothing",
    volume,
    before: (namespace) => [within(namespace, "v1", "PersistentVolumeClaim", "data", claim)],
  },
];
