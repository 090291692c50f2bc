import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dockerConfigJson } from "./model/dockerConfig.ts";

export interface RegistrySecretArgs {
  /** Namespace that the secret is created in. */
  namespace: pulumi.Input<string>;
  /** Registry's host and port, such as `registry.example.com:5000`. */
  server: pulumi.Input<string>;
  /** User that may pull. */
  username: pulumi.Input<string>;
  /** Password or token of that user; always treated as a secret. */
  password: pulumi.Input<string>;
  /** Name of the Secret, to which service accounts refer. @default gitlab-registry */
  secretName?: pulumi.Input<string>;
}

/** Login with which the kubelet pulls the environment's images. */
export class RegistrySecret extends pulumi.ComponentResource {
  /** Name of the Secret. */
  public readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RegistrySecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "dynamic-environments:index:RegistrySecret",
      name,
      { ...args, password: pulumi.secret(args.password) },
      opts,
    );
    const config = pulumi.secret(
      pulumi
        .all([args.server, args.username, args.password])
        .apply(([server, username, password]) => dockerConfigJson({ server, username, password })),
    );
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: args.secretName ?? "gitlab-registry", namespace: args.namespace },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": config },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
