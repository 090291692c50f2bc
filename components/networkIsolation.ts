import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { networkPolicies } from "./model/networkPolicies.ts";
import type { Service } from "./model/service.ts";

export interface NetworkIsolationArgs {
  /** Namespace that is isolated. */
  namespace: pulumi.Input<string>;
  /** Services that run in it: what they use is what they may reach. */
  services: Service[];
}

/** Network policies from the service graph: a connection is possible if and only if the graph has the edge. */
export class NetworkIsolation extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkIsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dynamic-environments:index:NetworkIsolation", name, args, opts);
    for (const [policy, spec] of Object.entries(networkPolicies(args.services))) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${policy}`,
        { metadata: { name: policy, namespace: args.namespace }, spec },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
