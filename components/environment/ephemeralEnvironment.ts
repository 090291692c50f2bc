import * as pulumi from "@pulumi/pulumi";
import { defaultReadyWithinSeconds, type Plan, type TrustRules } from "../model/index.ts";
import { ServiceDeployment } from "../services/serviceDeployment.ts";
import { ApplicationImage } from "../services/applicationImage.ts";
import { EnvironmentAccess } from "./environmentAccess.ts";
import { createPassword, passwordOwners } from "../services/generatedPassword.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { knownAfter } from "../services/knownAfter.ts";
import { ReadinessCheck } from "../checks/readinessCheck.ts";
import { RegistrySecret } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";
import { EnvironmentNamespace } from "./environmentNamespace.ts";
import { BackingServices } from "../services/backingServices.ts";
import { TestRunner } from "../checks/testRunner.ts";
import { validated } from "../validation.ts";
import { checkedPlan } from "./checkedPlan.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";

/** A namespace with an application under test, what it uses, and the limits, policies and login that these need. */
export class EphemeralEnvironment extends pulumi.ComponentResource {
  /** Name of the environment's namespace. */
  public readonly namespaceName: pulumi.Output<string>;
  /** Service name to in-cluster address, `host:port`. */
  public readonly services: Record<string, pulumi.Output<string>>;
  /** Service name to the image that it runs. */
  public readonly images: Record<string, pulumi.Output<string>>;
  /** The commit that the application was seen to report; empty where it has no `commitPath`. */
  public readonly readyCommit: pulumi.Output<string>;
  /** When its time to live is over, such as `2026-03-02T12:00:00Z`. */
  public readonly expiresAt: pulumi.Output<string>;

  constructor(name: string, args: EphemeralEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    // First of all, so that what is wrong is said before anything is created.
    const planned = validated(
      "EphemeralEnvironment",
      name,
      args,
      ["image", "dockerConfig", "readinessImage"],
      () => checkedPlan(args),
    );
    super("dynamic-environments:index:EphemeralEnvironment", name, {}, opts);
    const { stack, project, ref, commit, trust, ttl, deployedAt } = args;
    const image = applicationImage(name, args, this);
    const marked = new EnvironmentNamespace(
      `${name}-namespace`,
      {
        stack,
        project,
        ref,
        commit,
        ...(trust && { trust }),
        ...(ttl && { ttl }),
        ...(deployedAt && { deployedAt }),
      },
      { parent: this },
    );
    const withNamespace = { parent: this, deletedWith: marked.namespace };
    const environment = createFrame(name, args, planned, marked.namespaceName, withNamespace);
    const { addresses, images, readyCommit } = createWorkloads(
      name,
      { ...args, image },
      environment,
      withNamespace,
    );

    this.namespaceName = marked.namespaceName;
    this.services = addresses;
    this.images = images;
    this.readyCommit = readyCommit;
    this.expiresAt = marked.expiresAt;
    this.registerOutputs({
      namespaceName: this.namespaceName,
      services: this.services,
      images: this.images,
      readyCommit: this.readyCommit,
      expiresAt: this.expiresAt,
    });
  }
}

function applicationImage(
  name: string,
  { image, build }: EphemeralEnvironmentArgs,
  parent: EphemeralEnvironment,
): pulumi.Output<string> {
  const args = { ...(image !== undefined && { image }), ...(build && { build }) };
  return new ApplicationImage(`${name}-image`, args, { parent }).image;
}

interface Environment extends Plan {
  /** Known once pods may start in it. */
  namespace: pulumi.Output<string>;
  pullSecrets: pulumi.Output<string>[];
  access: EnvironmentAccess;
}

/** What the services run within: logins, limits, policies and access. */
function createFrame(
  name: string,
  args: EphemeralEnvironmentArgs,
  planned: Plan,
  namespace: pulumi.Output<string>,
  withNamespace: pulumi.ComponentResourceOptions,
): Environment {
  const { rules, services } = planned;
  const { registries = [], dockerConfig, cap = {}, ingressController, users = [], groups = [] } = args;
  const hasLogin = registries.length > 0 || dockerConfig !== undefined;
  const logins = { registries, ...(dockerConfig !== undefined && { dockerConfig }) };
  const secrets =
    hasLogin && rules.sharedSecrets
      ? [new RegistrySecret(`${name}-registry`, { namespace, ...logins }, withNamespace)]
      : [];
  const { surge, egress } = rules;
  const isolation = new NetworkIsolation(
    `${name}-isolation`,
    { namespace, services, egress, ...(ingressController && { ingressController }) },
    withNamespace,
  );
  // Limits come after the policies, and pods after both: one that starts before its policy may run unprotected. What
  // comes last knows the limits alone; every resource's state would name all policies otherwise, half of its size.
  const limits = new ResourceLimits(
    `${name}-limits`,
    { namespace: isolation.isolatedNamespace, services, surge, cap },
    withNamespace,
  );
  const access = new EnvironmentAccess(`${name}-access`, { namespace, users, groups }, withNamespace);
  const pullSecrets = secrets.map(({ secretName }) => secretName);
  return { ...planned, namespace: limits.limitedNamespace, pullSecrets, access };
}

/** The services, and what tests them. */
function createWorkloads(
  name: string,
  args: EphemeralEnvironmentArgs & { image: pulumi.Input<string> },
  { namespace, pullSecrets, services, backing, rules, access }: Environment,
  opts: pulumi.ComponentResourceOptions,
) {
  const { application, commit, image, placement = {}, config = {}, secrets = {} } = args;
  const { readyWithinSeconds = defaultReadyWithinSeconds, readinessImage = image } = args;
  const onNodes = { namespace, placement, readyWithinSeconds };
  const tested = { namespace, services, commit };
  const common = { ...onNodes, pullSecrets, surge: rules.surge };
  const wanted = { services: backing.map((service) => service.name), ...chosenFrom(args, rules) };
  const besides = new BackingServices(
    `${name}-backing`,
    { ...common, ...wanted, neighbours: [application] },
    // What earlier versions called it; its children's names begin with its own.
    { ...opts, aliases: [{ name: `${name}-sock-shop`, type: "dynamic-environments:index:SockShop" }] },
  );
  const ofBacking = passwordOwners(backing);
  const passwords = passwordOwners([application], services)
    .filter((owner) => !ofBacking.includes(owner))
    .map((owner) => createPassword(name, owner, namespace, opts));
  const app = new ServiceDeployment(
    `${name}-${application.name}`,
    {
      ...{ ...common, service: application, services, config },
      image: knownAfter(image, passwords),
      secrets: rules.sharedSecrets ? secrets : {},
    },
    opts,
  );
  const { serviceAccountName } = new TestRunner(
    `${name}-tests`,
    { ...tested, placement, pullSecrets, image, readinessImage, command: args.testCommand },
    { ...opts, dependsOn: [access, besides, app] },
  );
  const revisions = { ...besides.revisions, [application.name]: app.revision };
  const { readyCommit } = new ReadinessCheck(
    `${name}-readiness`,
    {
      ...{ ...onNodes, ...tested, serviceAccountName, revisions },
      ...{ application: application.name, image: readinessImage },
    },
    opts,
  );
  return {
    addresses: { ...besides.addresses, [application.name]: app.address },
    images: { ...besides.images, [application.name]: pulumi.output(image) },
    readyCommit,
  };
}

function chosenFrom(
  { images, catalogue = { services: [], functions: {} }, serviceSecrets }: EphemeralEnvironmentArgs,
  { sharedSecrets }: TrustRules,
) {
  const permitted = sharedSecrets && serviceSecrets;
  return {
    ...(images && { images }),
    catalogue,
    ...(permitted && { serviceSecrets: permitted }),
  };
}
