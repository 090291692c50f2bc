import * as pulumi from "@pulumi/pulumi";
import { AppDeployment } from "./appDeployment.ts";
import { createPassword, passwordOwners } from "./generatedPassword.ts";
import { closure } from "./model/graph.ts";
import { imageReference, type ImageSource } from "./model/images.ts";
import { sockShop } from "./model/sockShop.ts";
import { defaultReadyWithinSeconds, withoutDeletedWith } from "./workload.ts";

export interface SockShopArgs {
  /** Namespace that the services run in. */
  namespace: pulumi.Input<string>;
  /** Names of the services that are wanted; what these use comes with them. */
  services: string[];
  /** Where the images are pulled from. */
  images: ImageSource;
  /** Names of the Secrets with which the images are pulled. @default [] */
  pullSecrets?: pulumi.Input<string>[];
  /** Seconds until each Deployment must be available. @default 140 */
  readyWithinSeconds?: number;
}

/** A subset of the Sock Shop demo, with passwords of its own. */
export class SockShop extends pulumi.ComponentResource {
  /** Service name to `host:port`. */
  public readonly addresses: Record<string, pulumi.Output<string>>;
  /** Service name to the image that it runs. */
  public readonly images: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: SockShopArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, inherited } = withoutDeletedWith(opts);
    super("dynamic-environments:index:SockShop", name, args, own);
    const { namespace, pullSecrets = [], readyWithinSeconds = defaultReadyWithinSeconds } = args;
    const services = closure(sockShop, args.services);
    const leaf = { parent: this, ...inherited };
    const secrets = passwordOwners(services).map((owner) => createPassword(name, owner, namespace, leaf));
    this.addresses = {};
    this.images = {};
    for (const service of services) {
      const image = imageReference(service.image, args.images);
      const deployment = new AppDeployment(
        `${name}-${service.name}`,
        { namespace, pullSecrets, readyWithinSeconds, service, services, image },
        { ...leaf, dependsOn: secrets },
      );
      this.addresses[service.name] = deployment.address;
      this.images[service.name] = pulumi.output(image);
    }
    this.registerOutputs({ addresses: this.addresses, images: this.images });
  }
}
