import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  type GivenMetadata,
  passwordSecretName,
  type Service,
  withGiven,
  workloadLabels,
} from "../model/index.ts";

/** Names of the services among `graph` whose generated passwords `services` take. */
export function passwordOwners(services: Service[], graph = services): string[] {
  const names = graph.map(({ name }) => name);
  const owners = services.flatMap((service) => Object.values(service.passwords ?? {}));
  return [...new Set(owners)].filter((owner) => names.includes(owner));
}

/** A password of this environment alone, in the Secret in which services look for it. */
export function createPassword(
  parentName: string,
  owner: string,
  { namespace, ...given }: GivenMetadata & { namespace: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  const name = `${parentName}-${passwordSecretName(owner)}`;
  // Letters and digits only: the password becomes part of a data source name, which has no way to quote.
  const password = new random.RandomPassword(name, { length: 32, special: false }, opts);
  const own = { name: passwordSecretName(owner), namespace, labels: workloadLabels(owner) };
  const metadata = withGiven(own, given);
  return new k8s.core.v1.Secret(name, { metadata, stringData: { password: password.result } }, opts);
}
