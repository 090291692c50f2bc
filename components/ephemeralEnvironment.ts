import * as pulumi from "@pulumi/pulumi";
import { AppDeployment } from "./appDeployment.ts";
import { createPassword, passwordOwners } from "./generatedPassword.ts";
import { closure } from "./model/graph.ts";
import type { ImageSource } from "./model/images.ts";
import type { Service } from "./model/service.ts";
import { sockShop } from "./model/sockShop.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { ReadinessCheck } from "./readinessCheck.ts";
import { RegistrySecret } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";
import { SandboxNamespace } from "./sandboxNamespace.ts";
import { SockShop } from "./sockShop.ts";
import { TestRunner } from "./testRunner.ts";
import { defaultReadyWithinSeconds } from "./workload.ts";

export interface RegistryArgs {
  /** Registry's host and port, such as `registry.example.com:5000`. */
  server: pulumi.Input<string>;
  /** User that may pull. */
  username: pulumi.Input<string>;
  /** Password or token of that user; always treated as a secret. */
  password: pulumi.Input<string>;
}

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
  /** Image of the service under test, by digest. */
  image: pulumi.Input<string>;
  /** Where the images of the services that it uses are pulled from. */
  images: ImageSource;
  /** Login to the registry of these images. */
  registry: RegistryArgs;
  /** Image of the readiness Job, with Node 22 or later. @default - the application's image. */
  readinessImage?: pulumi.Input<string>;
  /** Command that tests the environment, in the application's image. */
  testCommand: string[];
  /** Seconds until the environment must be ready. @default 140 */
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
  /** The commit that the application was seen to run. */
  public readonly readyCommit: pulumi.Output<string>;

  constructor(name: string, args: EphemeralEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const registry = { ...args.registry, password: pulumi.secret(args.registry.password) };
    super("dynamic-environments:index:EphemeralEnvironment", name, { ...args, registry }, opts);
    const { application, stack, project, ref, commit } = args;
    const services = closure<Service>([...sockShop, application], [application.name]);

    const sandbox = new SandboxNamespace(
      `${name}-namespace`,
      { stack, project, ref, commit },
      { parent: this },
    );
    const namespace = sandbox.namespaceName;
    const withNamespace = { parent: this, deletedWith: sandbox.namespace };
    const secret = new RegistrySecret(`${name}-registry`, { namespace, ...registry }, withNamespace);
    // Limits and policies first: a pod that starts before its policy may run unprotected.
    const dependsOn = [
      new ResourceLimits(`${name}-limits`, { namespace, services }, withNamespace),
      new NetworkIsolation(`${name}-isolation`, { namespace, services }, withNamespace),
    ];
    const environment = { namespace, pullSecrets: [secret.secretName], services, dependsOn };
    const { addresses, images, readyCommit } = createWorkloads(name, args, environment, withNamespace);

    this.namespaceName = namespace;
    this.services = addresses;
    this.images = images;
    this.readyCommit = readyCommit;
    this.registerOutputs({
      namespaceName: this.namespaceName,
      services: this.services,
      images: this.images,
      readyCommit: this.readyCommit,
    });
  }
}

interface Environment {
  namespace: pulumi.Output<string>;
  pullSecrets: pulumi.Output<string>[];
  services: Service[];
  /** What must exist before a pod does. */
  dependsOn: pulumi.Resource[];
}

/** The services, and what tests them. */
function createWorkloads(
  name: string,
  args: EphemeralEnvironmentArgs,
  { namespace, pullSecrets, services, dependsOn }: Environment,
  withNamespace: pulumi.ComponentResourceOptions,
) {
  const opts = { ...withNamespace, dependsOn };
  const { application, commit, image, readyWithinSeconds = defaultReadyWithinSeconds } = args;
  const common = { namespace, pullSecrets, readyWithinSeconds };
  const shop = new SockShop(
    `${name}-sock-shop`,
    { ...common, services: application.uses ?? [], images: args.images },
    opts,
  );
  const ofTheShop = passwordOwners(services.filter((service) => service !== application));
  const passwords = passwordOwners([application])
    .filter((owner) => !ofTheShop.includes(owner))
    .map((owner) => createPassword(name, owner, namespace, opts));
  const app = new AppDeployment(
    `${name}-${application.name}`,
    { ...common, service: application, services, image },
    { ...opts, dependsOn: [...dependsOn, ...passwords] },
  );
  const { serviceAccountName } = new TestRunner(
    `${name}-tests`,
    { namespace, pullSecrets, services, commit, image, command: args.testCommand },
    opts,
  );
  const checked = { services, application: application.name, commit, image: args.readinessImage ?? image };
  const { readyCommit } = new ReadinessCheck(
    `${name}-readiness`,
    { namespace, readyWithinSeconds, serviceAccountName, ...checked },
    opts,
  );
  return {
    addresses: { ...shop.addresses, [application.name]: app.address },
    images: { ...shop.images, [application.name]: pulumi.output(image) },
    readyCommit,
  };
}
