// The objects of objects.json as anybody would write them down, one resource each.
import * as fs from "fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

type Class = new (name: string, args: any) => pulumi.CustomResource;

const classes: Record<string, Class> = {
  CronJob: k8s.batch.v1.CronJob,
  Deployment: k8s.apps.v1.Deployment,
  Job: k8s.batch.v1.Job,
  LimitRange: k8s.core.v1.LimitRange,
  NetworkPolicy: k8s.networking.v1.NetworkPolicy,
  ResourceQuota: k8s.core.v1.ResourceQuota,
  Role: k8s.rbac.v1.Role,
  RoleBinding: k8s.rbac.v1.RoleBinding,
  Service: k8s.core.v1.Service,
  ServiceAccount: k8s.core.v1.ServiceAccount,
};

interface Manifest {
  kind: string;
  metadata: { name: string };
}

const objects: Manifest[] = JSON.parse(fs.readFileSync("objects.json", "utf8"));
const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
const namespace = new k8s.core.v1.Namespace("namespace", objects.find(isNamespace) as object);
for (const object of objects.filter((other) => !isNamespace(other))) {
  const { kind, metadata } = object;
  const args = { ...object, metadata: { ...metadata, namespace: namespace.metadata.name } };
  const Resource = classes[kind];
  if (Resource === undefined) throw new Error(`no class for a ${kind}`);
  new Resource(`${kind}-${metadata.name}`, args);
}
