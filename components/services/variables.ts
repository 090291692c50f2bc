import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Environment variables, by whether they are secret. */
interface Variables {
  variables?: Record<string, pulumi.Input<string>> | undefined;
  secrets?: Record<string, pulumi.Input<string>> | undefined;
}

/** What the service's objects have in common but their names. */
export interface Kept {
  namespace: pulumi.Input<string>;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

/**
 * Environment variables of a service, in a ConfigMap and a Secret. Pulumi names both, and gives new content a new
 * name, so that a change reaches the pods. @returns the container's part that takes them.
 */
export function createVariables(
  parentName: string,
  { variables = {}, secrets = {} }: Variables,
  metadata: Kept,
  opts: pulumi.CustomResourceOptions,
): { envFrom?: k8s.types.input.core.v1.EnvFromSource[] } {
  const envFrom: k8s.types.input.core.v1.EnvFromSource[] = [];
  if (Object.keys(variables).length > 0) {
    const map = new k8s.core.v1.ConfigMap(`${parentName}-config`, { metadata, data: variables }, opts);
    envFrom.push({ configMapRef: { name: map.metadata.name } });
  }
  if (Object.keys(secrets).length > 0) {
    const stringData = pulumi.secret(secrets);
    const secret = new k8s.core.v1.Secret(`${parentName}-secrets`, { metadata, stringData }, opts);
    envFrom.push({ secretRef: { name: secret.metadata.name } });
  }
  return envFrom.length === 0 ? {} : { envFrom };
}
