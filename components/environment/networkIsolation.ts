import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  checkGivenMetadata,
  checkGateway,
  type Gateway,
  networkPolicies,
  ownerLabels,
  type Service,
  withGiven,
} from "../model/index.ts";
import { existence, knownAfter } from "../services/knownAfter.ts";
import { validated } from "../validation.ts";

export interface NetworkIsolationArgs {
  /** Namespace that is isolated. */
  namespace: pulumi.Input<string>;
  /** Services that run in it: what they use is what they may reach. */
  services: Service[];
  /** The cluster's gateway, which may call the services that are `exposed`. Default: nobody outside may. */
  gateway?: Gateway;
  /** Whether services reach the destinations outside of the namespace that their `egress` names. Default: `true`. */
  egress?: boolean;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * Network policies from the service graph: a connection is possible if and only if the graph has the edge.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class NetworkIsolation extends pulumi.ComponentResource {
  /** The namespace's name, known once all policies are in place: what is created by it never runs unprotected. */
  public readonly isolatedNamespace: pulumi.Output<string>;

  constructor(name: string, args: NetworkIsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, services, gateway, egress = true } = args;
    const check = () => {
      checkGivenMetadata(args);
      if (gateway !== undefined) checkGateway("gateway", gateway);
      return networkPolicies(services, { gateway, egress });
    };
    const policies = validated("NetworkIsolation", name, args, ["namespace"], check, ["gateway"]);
    super("dynamic-environments:index:NetworkIsolation", name, {}, opts);
    const created = Object.entries(policies).map(
      ([policy, spec]) =>
        new k8s.networking.v1.NetworkPolicy(
          `${name}-${policy}`,
          { metadata: withGiven({ name: policy, namespace, labels: ownerLabels }, args), spec },
          { parent: this },
        ),
    );
    this.isolatedNamespace = knownAfter(namespace, existence(created));
    this.registerOutputs({ isolatedNamespace: this.isolatedNamespace });
  }
}
