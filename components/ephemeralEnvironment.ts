import * as pulumi from "@pulumi/pulumi";
import { AppDeployment } from "./appDeployment.ts";
import { ApplicationImage, checkImageOrBuild, checkSameCode, type ImageBuild } from "./applicationImage.ts";
import { EnvironmentAccess } from "./environmentAccess.ts";
import { createPassword, passwordOwners } from "./generatedPassword.ts";
import { checkCommand, checkNames, checkText } from "./model/arguments.ts";
import type { ResourceCap } from "./model/cap.ts";
import { environmentVariables } from "./model/environmentVariables.ts";
import { checkImageSource, type ImageSource } from "./model/images.ts";
import { checkDeployedAt } from "./model/lifeSpan.ts";
import { checkMark } from "./model/markForms.ts";
import { checkStackName } from "./model/names.ts";
import type { IngressController } from "./model/networkPolicies.ts";
import { checkPlacement, type Placement } from "./model/placement.ts";
import { plan, type Plan } from "./model/plan.ts";
import type { Catalogue, Service } from "./model/service.ts";
import { checkServiceSecrets } from "./model/serviceSecrets.ts";
import { timeToLive, type Trust, type TrustRules } from "./model/trust.ts";
import { checkSetOnce } from "./model/variables.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { onceThere } from "./onceThere.ts";
import { ReadinessCheck } from "./readinessCheck.ts";
import { checkLogins, RegistrySecret, type RegistryLogin } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";
import { SandboxNamespace } from "./sandboxNamespace.ts";
import { SockShop } from "./sockShop.ts";
import { TestRunner } from "./testRunner.ts";
import { validated } from "./validation.ts";
import { checkReadyWithin, defaultReadyWithinSeconds } from "./workload.ts";

export interface EphemeralEnvironmentArgs {
  /** Name of the stack that owns the environment; the namespace's name derives from it alone. */
  stack: string;
  /** Path of the project, recorded for cleanup. */
  project: string;
  /** Branch or tag, recorded for cleanup. */
  ref: string;
  /** Commit that the application's image was built from; the environment is ready when the application reports it. */
  commit: string;
  /** The service under test; what it uses comes with it. */
  application: Service;
  /** Image of the service under test, by digest. Default: none, `build` is given. */
  image?: pulumi.Input<string>;
  /** How that image is built and pushed; not with trust `fork`. Default: none, `image` is given. */
  build?: ImageBuild;
  /** Environment variables of the service under test. Default: `{}`. */
  config?: Record<string, pulumi.Input<string>>;
  /** Secret environment variables of the service under test; left out with trust `fork`. Default: `{}`. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Secret environment variables of services of the catalogue, by the service's name; left out with trust `fork`. Default: `{}`. */
  serviceSecrets?: Record<string, Record<string, pulumi.Input<string>>>;
  /** Names of services that are deployed beside what the service under test uses. Default: `[]`. */
  services?: string[];
  /** Names of functions whose services are deployed, too, such as `login`. Default: `[]`. */
  functions?: string[];
  /** Services and functions to choose from. Default: Sock Shop's. */
  catalogue?: Catalogue;
  /** Where the images of these services are pulled from. Default: `docker.io`. */
  images?: ImageSource;
  /** Logins with which images are pulled; left out with trust `fork`. Default: `[]`. */
  registries?: RegistryLogin[];
  /** Content of an existing Docker configuration with further logins; left out with trust `fork`. Default: none. */
  dockerConfig?: pulumi.Input<string>;
  /** Whose code runs in the environment. docs/trust.md says what follows from it. Default: `trusted`. */
  trust?: Trust;
  /** How long it may exist, at most `30d`, such as `90m` or `4h`. Default: `24h`; with trust `fork` `4h`, at most `7d`. */
  ttl?: string;
  /**
   * When it is deployed, recorded for cleanup, such as `2026-03-01T12:00:00Z`; its life begins anew then. Default:
   * none, its life begins when it is created.
   */
  deployedAt?: string;
  /** The most that the environment may need; more is an error before anything is created. Default: no cap. */
  cap?: ResourceCap;
  /** Where the pods run. Default: anywhere. */
  placement?: Placement;
  /** The cluster's ingress controller, which may call the services that are `exposed`. Default: nobody outside may. */
  ingressController?: IngressController;
  /** Names of people who may look into the environment and restart what is in it. Default: `[]`. */
  users?: string[];
  /** Names of groups of such people. Default: `[]`. */
  groups?: string[];
  /** Image of the readiness Job, with Node 22 or later. Default: the application's image. */
  readinessImage?: pulumi.Input<string>;
  /** Command that tests the environment, in the application's image. */
  testCommand: string[];
  /** Seconds until the environment must be ready. Default: `140`. */
  readyWithinSeconds?: number;
}

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
    const sandbox = new SandboxNamespace(
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
    const withNamespace = { parent: this, deletedWith: sandbox.namespace };
    const environment = createFrame(name, args, planned, sandbox.namespaceName, withNamespace);
    const { addresses, images, readyCommit } = createWorkloads(
      name,
      { ...args, image },
      environment,
      withNamespace,
    );

    this.namespaceName = sandbox.namespaceName;
    this.services = addresses;
    this.images = images;
    this.readyCommit = readyCommit;
    this.expiresAt = sandbox.expiresAt;
    this.registerOutputs({
      namespaceName: this.namespaceName,
      services: this.services,
      images: this.images,
      readyCommit: this.readyCommit,
      expiresAt: this.expiresAt,
    });
  }
}

function checkedPlan(args: EphemeralEnvironmentArgs): Plan {
  const planned = plan(args);
  if (args.build !== undefined && !planned.rules.push)
    throw new Error(
      "trust is fork, which pushes no image: give image, a reference by digest, instead of build",
    );
  checkImageOrBuild(args);
  const { application, users = [], groups = [], placement = {} } = args;
  const { config, secrets, serviceSecrets = {} } = args;
  checkSetOnce(application, environmentVariables(application, planned.services), { config, secrets });
  checkServiceSecrets(serviceSecrets, planned.shop, planned.services);
  checkStackName("stack", args.stack);
  checkText("project", args.project, "shop/deals");
  checkMark("project", args.project);
  checkText("ref", args.ref, "feature/login");
  checkMark("ref", args.ref);
  checkText("commit", args.commit, "9dff06f");
  checkMark("commit", args.commit);
  checkSameCode(args);
  if (args.images !== undefined) checkImageSource(args.images);
  timeToLive(args.ttl, planned.rules);
  if (args.deployedAt !== undefined) checkDeployedAt("deployedAt", args.deployedAt, new Date());
  checkCommand("testCommand", args.testCommand, ["npm", "test"]);
  checkReadyWithin(args.readyWithinSeconds);
  checkPlacement(placement);
  checkNames("users", users, "ada@example.com");
  checkNames("groups", groups, "developers");
  const { registries = [], dockerConfig } = args;
  if (registries.length > 0 || dockerConfig !== undefined) checkLogins(args);
  return planned;
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
  { namespace, pullSecrets, services, shop, rules, access }: Environment,
  opts: pulumi.ComponentResourceOptions,
) {
  const { application, commit, image, placement = {}, config = {}, secrets = {} } = args;
  const { readyWithinSeconds = defaultReadyWithinSeconds, readinessImage = image } = args;
  const onNodes = { namespace, placement, readyWithinSeconds };
  const tested = { namespace, services, commit };
  const common = { ...onNodes, pullSecrets, surge: rules.surge };
  const wanted = { services: shop.map((service) => service.name), ...chosenFrom(args, rules) };
  const shopDeployment = new SockShop(
    `${name}-sock-shop`,
    { ...common, ...wanted, neighbours: [application] },
    opts,
  );
  const ofTheShop = passwordOwners(shop);
  const passwords = passwordOwners([application], services)
    .filter((owner) => !ofTheShop.includes(owner))
    .map((owner) => createPassword(name, owner, namespace, opts));
  const app = new AppDeployment(
    `${name}-${application.name}`,
    {
      ...{ ...common, service: application, services, config },
      image: onceThere(image, passwords),
      secrets: rules.sharedSecrets ? secrets : {},
    },
    opts,
  );
  const { serviceAccountName } = new TestRunner(
    `${name}-tests`,
    { ...tested, placement, pullSecrets, image, readinessImage, command: args.testCommand },
    { ...opts, dependsOn: [access, shopDeployment, app] },
  );
  const revisions = { ...shopDeployment.revisions, [application.name]: app.revision };
  const { readyCommit } = new ReadinessCheck(
    `${name}-readiness`,
    {
      ...{ ...onNodes, ...tested, serviceAccountName, revisions },
      ...{ application: application.name, image: readinessImage },
    },
    opts,
  );
  return {
    addresses: { ...shopDeployment.addresses, [application.name]: app.address },
    images: { ...shopDeployment.images, [application.name]: pulumi.output(image) },
    readyCommit,
  };
}

function chosenFrom(
  { images, catalogue, serviceSecrets }: EphemeralEnvironmentArgs,
  { sharedSecrets }: TrustRules,
) {
  const permitted = sharedSecrets && serviceSecrets;
  return {
    ...(images && { images }),
    ...(catalogue && { catalogue }),
    ...(permitted && { serviceSecrets: permitted }),
  };
}
