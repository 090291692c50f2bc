import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkGivenMetadata, dockerConfigJson, ownerLabels, withGiven } from "../model/index.ts";
import { explained, validated } from "../validation.ts";

/** A login to a container registry: user and password, or a token. */
export interface RegistryLogin {
  /** Registry's host and port, such as `registry.example.com:5000`. */
  server: pulumi.Input<string>;
  /** User that may pull. Default: `oauth2` with a token, since most registries ignore the name then. */
  username?: pulumi.Input<string>;
  /** Password of that user; always treated as a secret. Default: none, a token is given. */
  password?: pulumi.Input<string>;
  /** Token instead of a password; always treated as a secret. Default: none, a password is given. */
  token?: pulumi.Input<string>;
}

export interface RegistrySecretArgs {
  /** Namespace that the secret is created in. */
  namespace: pulumi.Input<string>;
  /** Logins to one or several registries. Default: `[]`, only those of `dockerConfig`. */
  logins?: RegistryLogin[];
  /** Content of an existing Docker configuration, as `docker login` writes it; always treated as a secret. Default: none. */
  dockerConfig?: pulumi.Input<string>;
  /** Name of the Secret, to which service accounts refer. Default: `gitlab-registry`. */
  secretName?: pulumi.Input<string>;
  /** Labels of the Secret, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of the Secret, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * Logins with which the kubelet pulls the environment's images.
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
 */
export class RegistrySecret extends pulumi.ComponentResource {
  /** Name of the Secret. */
  public readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RegistrySecretArgs, opts?: pulumi.ComponentResourceOptions) {
    validated("RegistrySecret", name, args, ["namespace", "dockerConfig", "secretName"], () => {
      checkLogins(args);
      checkGivenMetadata(args);
    });
    super("dynamic-environments:index:RegistrySecret", name, {}, opts);
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: withGiven(
          {
            name: args.secretName ?? "gitlab-registry",
            namespace: args.namespace,
            labels: ownerLabels,
          },
          args,
        ),
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": dockerConfig(name, args) },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

/** @throws when there is no login, or one has no credentials or two. */
export function checkLogins({
  logins = [],
  dockerConfig,
}: Pick<RegistrySecretArgs, "logins" | "dockerConfig">): void {
  if (logins.length === 0 && dockerConfig === undefined)
    throw new Error(
      "logins is empty: give a login, such as { server, username, password }, or a dockerConfig",
    );
  for (const [index, { server, username, password, token }] of logins.entries()) {
    const place = `logins[${String(index)}]`;
    for (const [key, value] of Object.entries({ server, username, password, token })) {
      if (typeof value === "string" && value.trim() === "")
        throw new Error(
          `${place}.${key} is empty but must be a text${key === "server" ? ", such as registry.example.com" : ""}`,
        );
    }
    if (typeof username === "string" && username.includes(":"))
      throw new Error(`${place}.username has a colon, where a login ends it: give one without, such as ci`);
    if (password === undefined && token === undefined)
      throw new Error(`${place} has no credentials: give username and password, or a token`);
    if (password !== undefined && token !== undefined)
      throw new Error(`${place} has both password and token: leave one of them out`);
    if (password !== undefined && username === undefined)
      throw new Error(
        `${place} has a password but no username: give the user that it belongs to, such as ci`,
      );
  }
}

/** All logins, as Docker's configuration has them. @throws the sentence on a wrong one, headed by the component. */
export function dockerConfig(
  name: string,
  { logins = [], dockerConfig: given }: Pick<RegistrySecretArgs, "logins" | "dockerConfig">,
): pulumi.Output<string> {
  const own = logins.map(({ server, username, password, token }) => ({
    server,
    username: username ?? "oauth2",
    password: password ?? token ?? "",
  }));
  return pulumi.secret(
    pulumi
      .all([pulumi.output(own), given])
      .apply(([all, existing]) => explained("RegistrySecret", name, () => dockerConfigJson(all, existing))),
  );
}
