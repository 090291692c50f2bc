import * as pulumi from "@pulumi/pulumi";
import { ReadinessCheck } from "../checks/readinessCheck.ts";
import { TestRunner } from "../checks/testRunner.ts";
import type { Plan } from "../model/index.ts";
import { ApplicationImage } from "../services/applicationImage.ts";
import { BackingServices } from "../services/backingServices.ts";
import { definitionOf } from "../services/deployedService.ts";
import { createPassword, passwordOwners } from "../services/generatedPassword.ts";
import { knownAfter } from "../services/knownAfter.ts";
import { ServiceDeployment } from "../services/serviceDeployment.ts";
import { validated } from "../validation.ts";
import { checkedPlan, groups } from "./checkedPlan.ts";
import { EnvironmentAccess } from "./environmentAccess.ts";
import { EnvironmentNamespace } from "./environmentNamespace.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { RegistrySecret } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";

/** A namespace with an application under test, what it uses, and the limits, policies and login that these need. */
export class EphemeralEnvironment extends pulumi.ComponentResource {
  /** Name of the environment's namespace. */
  public readonly namespaceName: pulumi.Output<string>;
  /** Service name to in-cluster address, `host:port`. */
  public readonly addresses: Record<string, pulumi.Output<string>>;
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
      ["application.image", "registry.dockerConfig", "readiness.image"],
      () => checkedPlan(args),
      ["application", ...Object.keys(groups)],
    );
    super("dynamic-environments:index:EphemeralEnvironment", name, {}, opts);
    const image = createImage(name, args, this);
    const { namespace, namespaceName, expiresAt } = createNamespace(name, args, this);
    const plan = { ...planned, name, args, opts: { parent: this, deletedWith: namespace } };
    const pullSecrets = createLogins(plan, namespaceName);
    // Limits come after the policies, and pods after both: one that starts before its policy may run unprotected. What
    // comes last knows the limits alone; every resource's state would name all policies otherwise, half of its size.
    const isolated = createIsolation(plan, namespaceName);
    const limited = createLimits(plan, isolated);
    const access = createAccess(plan, namespaceName);
    const frame = { ...plan, namespace: limited, pullSecrets, image };
    const backing = createBackingServices(frame);
    const application = createApplication(frame);
    const tests = createTests(frame, [access, backing, application]);
    const readiness = createReadiness(frame, tests.serviceAccountName, backing, application);

    const own = args.application.name;
    this.namespaceName = namespaceName;
    this.addresses = { ...backing.addresses, [own]: application.address };
    this.images = { ...backing.images, [own]: image };
    this.readyCommit = readiness.readyCommit;
    this.expiresAt = expiresAt;
    this.registerOutputs({
      namespaceName: this.namespaceName,
      addresses: this.addresses,
      images: this.images,
      readyCommit: this.readyCommit,
      expiresAt: this.expiresAt,
    });
  }
}

/** What everything in the namespace is made from. */
interface Planned extends Plan {
  name: string;
  args: EphemeralEnvironmentArgs;
  opts: pulumi.ComponentResourceOptions;
}

/** What everything with pods is made from. */
interface Frame extends Planned {
  /** Known once pods may start in it. */
  namespace: pulumi.Output<string>;
  pullSecrets: pulumi.Output<string>[];
  /** The application's. */
  image: pulumi.Output<string>;
}

/** What every component within passes on to its objects. */
function given({ labels = {}, annotations = {} }: EphemeralEnvironmentArgs) {
  return { labels, annotations };
}

function createImage(
  name: string,
  { application: { image, build } }: EphemeralEnvironmentArgs,
  parent: EphemeralEnvironment,
): pulumi.Output<string> {
  const args = { ...(image !== undefined && { image }), ...(build && { build }) };
  return new ApplicationImage(`${name}-image`, args, { parent }).image;
}

function createNamespace(
  name: string,
  args: EphemeralEnvironmentArgs,
  parent: EphemeralEnvironment,
): EnvironmentNamespace {
  const { identity, lifetime, trust } = args;
  const own = { ...identity, ...lifetime, ...(trust && { trust }) };
  return new EnvironmentNamespace(`${name}-namespace`, { ...own, ...given(args) }, { parent });
}

/** @returns the names of the Secrets with which images are pulled. */
function createLogins(
  { name, args, rules, opts }: Planned,
  namespace: pulumi.Output<string>,
): pulumi.Output<string>[] {
  const { logins = [], dockerConfig } = args.registry ?? {};
  if (!rules.sharedSecrets || (logins.length === 0 && dockerConfig === undefined)) return [];
  const own = { namespace, logins, ...(dockerConfig !== undefined && { dockerConfig }) };
  return [new RegistrySecret(`${name}-registry`, { ...own, ...given(args) }, opts).secretName];
}

/** @returns the namespace's name, known once it is isolated. */
function createIsolation(
  { name, args, services, rules: { egress }, opts }: Planned,
  namespace: pulumi.Output<string>,
): pulumi.Output<string> {
  const { ingressController } = args.access ?? {};
  const own = { namespace, services, egress, ...(ingressController && { ingressController }) };
  return new NetworkIsolation(`${name}-isolation`, { ...own, ...given(args) }, opts).isolatedNamespace;
}

/** @returns the namespace's name, known once it is limited. */
function createLimits(
  { name, args, services, rules: { surge }, opts }: Planned,
  namespace: pulumi.Output<string>,
): pulumi.Output<string> {
  const own = { namespace, services, surge, cap: args.cap ?? {} };
  return new ResourceLimits(`${name}-limits`, { ...own, ...given(args) }, opts).limitedNamespace;
}

function createAccess({ name, args, opts }: Planned, namespace: pulumi.Output<string>): EnvironmentAccess {
  const { users = [], groups: peoplesGroups = [] } = args.access ?? {};
  const own = { namespace, users, groups: peoplesGroups };
  return new EnvironmentAccess(`${name}-access`, { ...own, ...given(args) }, opts);
}

function createBackingServices(frame: Frame): BackingServices {
  const { name, args, backing, rules, opts } = frame;
  const { catalogue = { services: [], functions: {} }, imageSource, serviceSecrets } = args.backing ?? {};
  return new BackingServices(
    `${name}-backing`,
    {
      ...deployment(frame),
      catalogue,
      names: backing.map((service) => service.name),
      neighbours: [definitionOf(args.application)],
      ...(imageSource && { imageSource }),
      ...(rules.sharedSecrets && serviceSecrets && { serviceSecrets }),
    },
    // What earlier versions called it; its children's names begin with its own.
    { ...opts, aliases: [{ name: `${name}-sock-shop`, type: "dynamic-environments:index:SockShop" }] },
  );
}

function createApplication(frame: Frame): ServiceDeployment {
  const { name, args, services, rules, image, opts } = frame;
  const { variables = {}, secrets = {} } = args.application;
  const service = definitionOf(args.application);
  return new ServiceDeployment(
    `${name}-${service.name}`,
    {
      ...deployment(frame),
      service,
      services,
      image: knownAfter(image, createPasswords(frame, service.name)),
      variables,
      secrets: rules.sharedSecrets ? secrets : {},
    },
    opts,
  );
}

/** Passwords that the application alone takes; the others come with the backing services. */
function createPasswords({ name, args, services, backing, namespace, opts }: Frame, application: string) {
  const others = passwordOwners(backing);
  return passwordOwners(
    services.filter((service) => service.name === application),
    services,
  )
    .filter((owner) => !others.includes(owner))
    .map((owner) => createPassword(name, owner, { namespace, ...given(args) }, opts));
}

/** What all Deployments are told. */
function deployment({ args, namespace, pullSecrets, image, rules: { surge } }: Frame) {
  const own = { namespace, pullSecrets, surge, placement: args.placement ?? {} };
  const jobs = { readinessImage: args.readiness?.image ?? image, runTasks: args.runTasks ?? false };
  return { ...own, ...jobs, ...given(args), ...readyWithin(args) };
}

function readyWithin({ readiness }: EphemeralEnvironmentArgs): { readyWithinSeconds?: number } {
  const { withinSeconds } = readiness ?? {};
  return withinSeconds === undefined ? {} : { readyWithinSeconds: withinSeconds };
}

function createTests(frame: Frame, dependsOn: pulumi.Resource[]): TestRunner {
  const { name, args, namespace, services, pullSecrets, image, opts } = frame;
  const [{ command, withinSeconds } = { command: [] }] = args.tests;
  return new TestRunner(
    `${name}-tests`,
    {
      namespace,
      services,
      pullSecrets,
      image,
      command,
      commit: args.identity.commit,
      readinessImage: args.readiness?.image ?? image,
      placement: args.placement ?? {},
      ...(withinSeconds !== undefined && { testWithinSeconds: withinSeconds }),
      ...given(args),
    },
    { ...opts, dependsOn },
  );
}

function createReadiness(
  { name, args, namespace, services, image, opts }: Frame,
  serviceAccountName: pulumi.Output<string>,
  backing: BackingServices,
  application: ServiceDeployment,
): ReadinessCheck {
  const own = args.application.name;
  return new ReadinessCheck(
    `${name}-readiness`,
    {
      namespace,
      services,
      application: own,
      commit: args.identity.commit,
      image: args.readiness?.image ?? image,
      revisions: { ...backing.revisions, [own]: application.revision },
      placement: args.placement ?? {},
      serviceAccountName,
      ...readyWithin(args),
      ...given(args),
    },
    opts,
  );
}
