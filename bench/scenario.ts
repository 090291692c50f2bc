import type { ResourceTransformation } from "@pulumi/pulumi";
import type { EphemeralEnvironmentArgs } from "../components/index.ts";
import { imageReference, type PublishedImage, type Service } from "../components/model/index.ts";

/** How a service takes its end. */
export const manners = ["well-behaved", "ignores SIGTERM"] as const;
export type Manners = (typeof manners)[number];

/** What is deployed, by every contender alike. */
export interface Scenario {
  /** Number of services. */
  size: number;
  manners: Manners;
  /** Whether the application has an address outside of the cluster. Default: `false`. */
  exposed?: boolean;
  /** Registry that the images are pulled from, without a login. */
  registry: string;
  /** Image of every service. */
  image: PublishedImage;
  /** Image of the readiness Job, with Node. */
  readinessImage: string;
}

/** What all environments say that they are made from. */
export const commit = "0123456789abcdef0123456789abcdef01234567";

export const applicationName = "application";

/** Arguments of an environment of that many services: an application and what it uses. */
export function environmentArgs(scenario: Scenario, stack: string): EphemeralEnvironmentArgs {
  const { registry, image, readinessImage } = scenario;
  const names = Array.from({ length: scenario.size - 1 }, (_, index) => `service-${String(index + 1)}`);
  const application = {
    ...service(applicationName, scenario.manners),
    ...{ uses: names, ...(scenario.exposed && { exposed: true }) },
  };
  const services = names.map((name) => ({ ...service(name, scenario.manners), image }));
  return {
    identity: { stack, project: "bench/application", ref: "main", commit },
    application: { ...application, image: imageReference(image, { prefix: registry }) },
    backing: { catalogue: { services, functions: {} }, imageSource: { prefix: registry } },
    tests: [{ command: ["node", "--version"] }],
    readiness: { image: readinessImage },
  };
}

function service(name: string, mannersOfIt: Manners): Service {
  return {
    ...{ name, port: 80, containerPort: 8080, healthPath: "/" },
    ...(mannersOfIt === "ignores SIGTERM" && { environment: { IGNORE_SIGTERM: "true" } }),
    requests: { cpu: "10m", memory: "16Mi" },
    limits: { cpu: "500m", memory: "64Mi" },
  };
}

/** Services that ignore SIGTERM have Kubernetes' own grace period of 30 s, as they have where nobody thought of it. */
export function transformations(scenario: Scenario): ResourceTransformation[] {
  return scenario.manners === "ignores SIGTERM" ? [defaultGracePeriod] : [];
}

const defaultGracePeriod: ResourceTransformation = ({ type, props, opts }) => {
  if (type !== "kubernetes:apps/v1:Deployment") return undefined;
  const { spec } = props as { spec: { template: { spec: Record<string, unknown> } } };
  const { terminationGracePeriodSeconds: _, ...pod } = spec.template.spec;
  return { props: { ...props, spec: { ...spec, template: { ...spec.template, spec: pod } } }, opts };
};
