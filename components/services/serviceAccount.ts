import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type GivenMetadata, withGiven, workloadLabels } from "../model/index.ts";

/** Service account of one workload: it pulls images and has no token. @returns its name, known once it exists. */
export function createServiceAccount(
  name: string,
  account: {
    name: string;
    namespace: pulumi.Input<string>;
    pullSecrets?: pulumi.Input<string>[] | undefined;
  },
  given: GivenMetadata,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { metadata } = new k8s.core.v1.ServiceAccount(
    name,
    {
      metadata: withGiven(
        { name: account.name, namespace: account.namespace, labels: workloadLabels(account.name) },
        given,
      ),
      automountServiceAccountToken: false,
      imagePullSecrets: (account.pullSecrets ?? []).map((secret) => ({ name: secret })),
    },
    opts,
  );
  return metadata.name;
}
