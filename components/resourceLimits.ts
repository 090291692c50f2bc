import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { quota } from "./model/quota.ts";
import type { Service } from "./model/service.ts";

export interface ResourceLimitsArgs {
  /** Namespace that is limited. */
  namespace: pulumi.Input<string>;
  /** Services that run in it: the quota is what they need. */
  services: Service[];
}

/** Quota computed from the service graph, and defaults for containers that state no resources of their own. */
export class ResourceLimits extends pulumi.ComponentResource {
  constructor(name: string, args: ResourceLimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dynamic-environments:index:ResourceLimits", name, args, opts);
    const metadata = { name: "environment", namespace: args.namespace };
    new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata, spec: { hard: quota(args.services) } },
      { parent: this },
    );
    new k8s.core.v1.LimitRange(
      `${name}-defaults`,
      {
        metadata,
        spec: {
          limits: [
            {
              type: "Container",
              defaultRequest: { cpu: "50m", memory: "64Mi" },
              default: { cpu: "500m", memory: "128Mi" },
            },
          ],
        },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
