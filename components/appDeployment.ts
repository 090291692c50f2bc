import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { address } from "./model/graph.ts";
import { selectorLabels, workloadLabels } from "./model/labels.ts";
import { servicePodSpec } from "./model/podSpec.ts";
import type { Service } from "./model/service.ts";
import { createServiceAccount } from "./serviceAccount.ts";
import { withoutDeletedWith, workloadAnnotations, workloadOptions } from "./workload.ts";

export interface AppDeploymentArgs {
  /** Namespace that the service runs in. */
  namespace: pulumi.Input<string>;
  /** The service as the graph knows it. */
  service: Service;
  /** The graph that it belongs to: the addresses of what it uses become environment variables. @default - itself. */
  services?: Service[];
  /** Image reference, by digest. */
  image: pulumi.Input<string>;
  /** Names of the Secrets with which the image is pulled. @default [] */
  pullSecrets?: pulumi.Input<string>[];
  /** Seconds until the Deployment must be available. @default 140 */
  readyWithinSeconds?: number;
}

/**
 * One service: Deployment, Service and service account. With `deletedWith` the latter two go with the namespace; the
 * Deployment is always deleted itself, so that its pods end before the namespace controller's delay of five seconds.
 */
export class AppDeployment extends pulumi.ComponentResource {
  /** Where callers in the namespace reach the service: `host:port`. */
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: AppDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, inherited } = withoutDeletedWith(opts);
    super("dynamic-environments:index:AppDeployment", name, args, own);
    const { service } = args;
    const metadata = { name: service.name, namespace: args.namespace, labels: workloadLabels(service.name) };
    const withNamespace = { parent: this, ...inherited };

    const serviceAccountName = createServiceAccount(
      `${name}-account`,
      { ...metadata, pullSecrets: args.pullSecrets },
      withNamespace,
    );
    new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The provider's wait for endpoints ends with a fixed pause of ten seconds; the readiness Job is the gate.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: selectorLabels(service.name),
          ports: [{ port: service.port, targetPort: service.containerPort }],
        },
      },
      withNamespace,
    );
    const { container, ...pod } = servicePodSpec(service, args.services ?? [service]);
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { ...metadata, annotations: workloadAnnotations },
        spec: {
          replicas: 1,
          selector: { matchLabels: selectorLabels(service.name) },
          template: {
            metadata: { labels: workloadLabels(service.name) },
            spec: {
              ...pod,
              serviceAccountName,
              containers: [{ ...container, image: args.image }],
            },
          },
        },
      },
      { parent: this, ...workloadOptions(args.readyWithinSeconds) },
    );
    this.address = pulumi.output(address(service));
    this.registerOutputs({ address: this.address });
  }
}
