import * as pulumi from "@pulumi/pulumi";
import { AppDeployment } from "./appDeployment.ts";
import { closure } from "./model/graph.ts";
import type { ImageSource } from "./model/images.ts";
import type { Service } from "./model/service.ts";
import { sockShop } from "./model/sockShop.ts";
import { testEnvironment, testJobManifest } from "./model/testRunnerJob.ts";
import { NetworkIsolation } from "./networkIsolation.ts";
import { ReadinessCheck } from "./readinessCheck.ts";
import { RegistrySecret } from "./registrySecret.ts";
import { ResourceLimits } from "./resourceLimits.ts";
import { SandboxNamespace } from "./sandboxNamespace.ts";
import { SockShop } from "./sockShop.ts";

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
  /** Seconds that a test may take. @default 600 */
  testWithinSeconds?: number;
  /** Seconds until the environment must be ready. @default 150 */
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
  /** Manifest of a Job that tests the environment, for `kubectl create`. */
  public readonly testJob: pulumi.Output<ReturnType<typeof testJobManifest>>;

  constructor(name: string, args: EphemeralEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const registry = { ...args.registry, password: pulumi.secret(args.registry.password) };
    super("dynamic-environments:index:EphemeralEnvironment", name, { ...args, registry }, opts);
    const { application } = args;
    const services = closure<Service>([...sockShop, application], [application.name]);

    const sandbox = new SandboxNamespace(`${name}-namespace`, args, { parent: this });
    const namespace = sandbox.namespaceName;
    const withNamespace = { parent: this, deletedWith: sandbox.namespace };
    const limits = new ResourceLimits(`${name}-limits`, { namespace, services }, withNamespace);
    const isolation = new NetworkIsolation(`${name}-isolation`, { namespace, services }, withNamespace);
    const secret = new RegistrySecret(`${name}-registry`, { namespace, ...registry }, withNamespace);

    // Limits and policies first: a pod that starts before its policy may run unprotected.
    const workloads = { ...withNamespace, dependsOn: [limits, isolation, secret] };
    const common = {
      namespace,
      pullSecrets: [secret.secretName],
      ...(args.readyWithinSeconds !== undefined && { readyWithinSeconds: args.readyWithinSeconds }),
    };
    const shop = new SockShop(
      `${name}-sock-shop`,
      { ...common, services: application.uses ?? [], images: args.images },
      workloads,
    );
    const app = new AppDeployment(
      `${name}-${application.name}`,
      { ...common, service: application, services, image: args.image },
      workloads,
    );
    const readiness = new ReadinessCheck(
      `${name}-readiness`,
      {
        ...common,
        services,
        application: application.name,
        commit: args.commit,
        image: args.readinessImage ?? args.image,
      },
      workloads,
    );

    this.namespaceName = namespace;
    this.services = { ...shop.addresses, [application.name]: app.address };
    this.images = { ...shop.images, [application.name]: pulumi.output(args.image) };
    this.readyCommit = readiness.readyCommit;
    this.testJob = pulumi
      .all([namespace, args.image, readiness.serviceAccountName])
      .apply(([namespace, image, serviceAccountName]) =>
        testJobManifest(namespace, {
          name: "test",
          image,
          command: args.testCommand,
          serviceAccountName,
          deadlineSeconds: args.testWithinSeconds ?? 600,
          environment: testEnvironment(services, args.commit),
        }),
      );
    this.registerOutputs({
      namespaceName: this.namespaceName,
      services: this.services,
      images: this.images,
      readyCommit: this.readyCommit,
      testJob: this.testJob,
    });
  }
}
