import * as pulumi from "@pulumi/pulumi";
import { ReadinessCheck } from "../checks/readinessCheck.ts";
import { TestRunner } from "../checks/testRunner.ts";
import { exposedServices, isByTag, passwordOwnersIn } from "../model/index.ts";
import { ApplicationImage } from "../services/applicationImage.ts";
import { BackingServices } from "../services/backingServices.ts";
import { definitionOf } from "../services/deployedService.ts";
import { createPassword, passwordOwners } from "../services/generatedPassword.ts";
import { existence, knownAfter } from "../services/knownAfter.ts";
import { Route } from "../services/route.ts";
import { ServiceDeployment } from "../services/serviceDeployment.ts";
import { checkEnvironment } from "./checkedPlan.ts";
import { EnvironmentAccess } from "./environmentAccess.ts";
import { EnvironmentNamespace } from "./environmentNamespace.ts";
import { testSuites } from "./environmentTests.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";
import {
  deployment,
  type Frame,
  given,
  imageOf,
  type Planned,
  readinessImage,
  readyWithin,
} from "./frame.ts";
import { addressesOf, mapped, ownServices } from "./ownServices.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { type PinnedImages, pinImages } from "./pinnedImages.ts";
import { RegistrySecret } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";

/** A namespace with an application under test, all that runs beside it, and the limits, policies and login that these need. */
export class EphemeralEnvironment extends pulumi.ComponentResource {
  /** Name of the environment's namespace. */
  public readonly namespaceName: pulumi.Output<string>;
  /** Service name to in-cluster address, `host:port`, of the services that have a `port`. */
  public readonly addresses: Record<string, pulumi.Output<string>>;
  /**
   * Service name to the image that it runs; and, where these are named by a tag, the images of containers beside it, by
   * `SERVICE/CONTAINER`, and of suites of tests, by `test-NAME`.
   */
  public readonly images: Record<string, pulumi.Output<string>>;
  /** Service name to its address outside of the cluster, such as `https://env-main.previews.example.com`, of those that are `exposed`. */
  public readonly urls: Record<string, pulumi.Output<string>>;
  /** The commit that the application was seen to report; empty where it has no `commitPath`. */
  public readonly readyCommit: pulumi.Output<string>;
  /** When its time to live is over, such as `2026-03-02T12:00:00Z`; empty of one that has no end. */
  public readonly expiresAt: pulumi.Output<string>;

  constructor(name: string, args: EphemeralEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    // First of all, so that what is wrong is said before anything is created.
    const planned = checkEnvironment(name, args);
    super("dynamic-environments:index:EphemeralEnvironment", name, {}, opts);
    const pinned = pinImages(name, args, planned, this);
    const images = createImages(name, args, pinned, this);
    // With a tag that means nothing, nothing is created.
    const { namespace, namespaceName, expiresAt } = createNamespace(name, args, this, pinned.kept);
    const plan = { ...planned, name, args, pinned, opts: { parent: this, deletedWith: namespace } };
    const pullSecrets = createLogins(plan, namespaceName);
    // Limits come after the policies, and pods after both: one that starts before its policy may run unprotected. What
    // comes last knows the limits alone; every resource's state would name all policies otherwise, half of its size.
    const isolated = createIsolation(plan, namespaceName);
    const limited = createLimits(plan, isolated);
    const access = createAccess(plan, namespaceName);
    const frame = { ...plan, namespace: limited, pullSecrets, images };
    const backing = createBackingServices(frame);
    const own = createOwnServices(frame, backing);
    const tests = createTests(frame, backing, [access, backing, ...Object.values(own)]);
    const readiness = createReadiness(frame, tests.serviceAccountName, backing, own);
    const routes = createRoutes(frame);
    this.namespaceName = namespaceName;
    this.addresses = { ...backing.addresses, ...addressesOf(own, args) };
    this.images = { ...pinned.byName, ...backing.images, ...images };
    // An address is known once it answers.
    this.urls = mapped(routes, ({ url }) => knownAfter(url, [readiness.readyCommit]));
    this.readyCommit = readiness.readyCommit;
    this.expiresAt = expiresAt;
    this.registerOutputs({
      namespaceName: this.namespaceName,
      addresses: this.addresses,
      images: this.images,
      urls: this.urls,
      readyCommit: this.readyCommit,
      expiresAt: this.expiresAt,
    });
  }
}

/** Side by side: no image waits for another. The application's has the name that it had when there was one alone. */
function createImages(
  name: string,
  args: EphemeralEnvironmentArgs,
  { byReference }: PinnedImages,
  parent: EphemeralEnvironment,
): Record<string, pulumi.Output<string>> {
  const created = ownServices(args).map((service, index) => {
    const { build } = service;
    const image = isByTag(service.image) ? byReference[service.image] : service.image;
    const own = { ...(image !== undefined && { image }), ...(build && { build }) };
    const ownName = index === 0 ? `${name}-image` : `${name}-${service.name}-image`;
    return [service.name, new ApplicationImage(ownName, own, { parent }).image] as const;
  });
  return Object.fromEntries(created);
}

function createNamespace(
  name: string,
  args: EphemeralEnvironmentArgs,
  parent: EphemeralEnvironment,
  dependsOn: pulumi.Resource[],
): EnvironmentNamespace {
  const { identity, lifetime, trust, podSecurity, kind } = args;
  const level = podSecurity && { podSecurity };
  const own = { ...identity, ...lifetime, ...(trust && { trust }), ...level, ...(kind && { kind }) };
  const opts = { parent, ...(dependsOn.length > 0 && { dependsOn }) };
  return new EnvironmentNamespace(`${name}-namespace`, { ...own, ...given(args) }, opts);
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
  { name, args, services, gateway, rules: { egress }, opts }: Planned,
  namespace: pulumi.Output<string>,
): pulumi.Output<string> {
  const own = { namespace, services, egress, ...(gateway && { gateway }) };
  return new NetworkIsolation(`${name}-isolation`, { ...own, ...given(args) }, opts).isolatedNamespace;
}

/** @returns the namespace's name, known once it is limited. */
function createLimits(
  { name, args, services, rules, pinned, opts }: Planned,
  namespace: pulumi.Output<string>,
): pulumi.Output<string> {
  const suites = testSuites(args.tests, {}, pinned, rules);
  const own = { namespace, services, suites, surge: rules.surge, cap: args.cap ?? {} };
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
      neighbours: ownServices(args).map(definitionOf),
      ...(imageSource && { imageSource }),
      ...(rules.sharedSecrets && serviceSecrets && { serviceSecrets }),
    },
    // What earlier versions called it; its children's names begin with its own.
    { ...opts, aliases: [{ name: `${name}-sock-shop`, type: "dynamic-environments:index:SockShop" }] },
  );
}

function createOwnServices(frame: Frame, backing: BackingServices): Record<string, ServiceDeployment> {
  const { name, args, services, rules, opts } = frame;
  const passwords = createPasswords(frame);
  const created = ownServices(args).map((own) => {
    const service = definitionOf(own);
    const taken = passwordOwners([service], services).flatMap((owner) => passwords[owner] ?? []);
    const after = [...existence(taken), ...takenOf(backing, service.name, frame)];
    const { variables = {}, secrets = {}, secretFiles = {} } = own;
    const ownArgs = {
      ...deployment(frame),
      service,
      services,
      image: knownAfter(imageOf(frame, service.name), after),
      variables,
      secrets: rules.sharedSecrets ? secrets : {},
      secretFiles: rules.sharedSecrets ? secretFiles : {},
    };
    return [service.name, new ServiceDeployment(`${name}-${service.name}`, ownArgs, opts)] as const;
  });
  return Object.fromEntries(created);
}

/** @returns the routes by the names of their services. */
function createRoutes({ name, args, services, namespace, gateway, opts }: Frame): Record<string, Route> {
  if (gateway === undefined) return {};
  const created = exposedServices(services).map((service) => {
    const isApplication = service.name === args.application.name;
    const own = { namespace, service, isApplication, gateway, ...given(args) };
    return [service.name, new Route(`${name}-${service.name}-route`, own, opts)] as const;
  });
  return Object.fromEntries(created);
}

/** Passwords that own services alone take, by their owners; the others come with the backing services. */
function createPasswords({ name, args, services, backing, namespace, opts }: Frame) {
  const others = passwordOwners(backing, services);
  const own = ownServices(args).map(definitionOf);
  const owners = passwordOwners(own, services).filter((owner) => !others.includes(owner));
  const created = owners.map(
    (owner) => [owner, createPassword(name, owner, { namespace, ...given(args) }, opts)] as const,
  );
  return Object.fromEntries(created);
}

/** What is known once the passwords exist that an own service takes of backing services. */
function takenOf({ revisions }: BackingServices, service: string, { variables, services }: Frame) {
  // A revision is known once the service's own password exists.
  return passwordOwnersIn(variables[service] ?? [], services).flatMap((owner) => revisions[owner] ?? []);
}

function createTests(frame: Frame, backing: BackingServices, dependsOn: pulumi.Resource[]): TestRunner {
  const { name, args, namespace, services, pullSecrets, rules, opts } = frame;
  const image = imageOf(frame, args.application.name);
  const images = { ...backing.images, ...frame.images };
  return new TestRunner(
    `${name}-tests`,
    {
      namespace,
      services,
      pullSecrets,
      image,
      suites: testSuites(args.tests, images, frame.pinned, rules),
      commit: args.identity.commit,
      readinessImage: readinessImage(frame),
      placement: args.placement ?? {},
      ...given(args),
    },
    { ...opts, dependsOn },
  );
}

function createReadiness(
  frame: Frame,
  serviceAccountName: pulumi.Output<string>,
  backing: BackingServices,
  own: Record<string, ServiceDeployment>,
): ReadinessCheck {
  const { name, args, namespace, services, gateway, opts } = frame;
  return new ReadinessCheck(
    `${name}-readiness`,
    {
      namespace,
      services,
      application: args.application.name,
      commit: args.identity.commit,
      image: readinessImage(frame),
      revisions: { ...backing.revisions, ...mapped(own, ({ revision }) => revision) },
      placement: args.placement ?? {},
      serviceAccountName,
      ...(gateway && { gateway }),
      ...readyWithin(args),
      ...given(args),
    },
    opts,
  );
}
