import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  checkCap,
  checkGivenMetadata,
  checkGraph,
  checkSuites,
  containerResources,
  defaultResources,
  ownerLabels,
  quota,
  quotaName,
  type ResourceCap,
  type Service,
  withGiven,
} from "../model/index.ts";
import type { TestSuite } from "../checks/testSuite.ts";
import { knownAfter } from "../services/knownAfter.ts";
import { validated } from "../validation.ts";

export interface ResourceLimitsArgs {
  /** Namespace that is limited. */
  namespace: pulumi.Input<string>;
  /** Services that run in it: the quota is what they need. */
  services: Service[];
  /** Suites of tests, of which one runs at a time. Default: one, of usual size. */
  suites?: TestSuite[];
  /** Whether there is room for a new pod beside each old one while all Deployments roll at once. Default: `true`. */
  surge?: boolean;
  /** The most that the services may need; more is an error before anything is created. Default: no cap. */
  cap?: ResourceCap;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * Quota computed from the service graph, and defaults for containers that state no resources of their own.
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export class ResourceLimits extends pulumi.ComponentResource {
  /** The namespace's name, known once it is limited. */
  public readonly limitedNamespace: pulumi.Output<string>;

  constructor(name: string, args: ResourceLimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    const hard = validated("ResourceLimits", name, args, ["namespace"], () => {
      checkGraph(args.services);
      checkGivenMetadata(args);
      const { services, suites, surge = true, cap = {} } = args;
      if (suites !== undefined) checkSuites("suites", suites, { environment: {} });
      const needed = quota(services, { surge, suites });
      checkCap(needed, cap);
      return needed;
    });
    super("dynamic-environments:index:ResourceLimits", name, {}, opts);
    const own = { name: quotaName, namespace: args.namespace, labels: ownerLabels };
    const metadata = withGiven(own, args);
    const resourceQuota = new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata, spec: { hard } },
      { parent: this },
    );
    const { requests: defaultRequest, limits: byDefault } = containerResources(defaultResources);
    const limitRange = new k8s.core.v1.LimitRange(
      `${name}-defaults`,
      {
        metadata,
        spec: { limits: [{ type: "Container", defaultRequest, default: byDefault }] },
      },
      { parent: this },
    );
    this.limitedNamespace = knownAfter(resourceQuota.metadata.namespace, [limitRange.metadata]);
    this.registerOutputs({ limitedNamespace: this.limitedNamespace });
  }
}
