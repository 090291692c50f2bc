import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment } from "../components/index.ts";
import { deals, testCommand } from "../example/service.ts";
import { buildApplicationImage } from "./applicationImage.ts";
import type { Settings } from "./settings.ts";

/** An environment for one commit: the application under test and what it uses, in a namespace of its own. */
export function previewStack(settings: Settings) {
  const image = settings.image ?? buildApplicationImage(settings, deals.name);
  const environment = new EphemeralEnvironment(
    "preview",
    {
      stack: settings.stack,
      project: settings.project,
      ref: settings.ref,
      commit: settings.commit,
      registry: settings.registry,
      readyWithinSeconds: settings.readyWithinSeconds,
      application: deals,
      image,
      testCommand,
      images: { prefix: settings.imagePrefix, standIns: settings.standIns },
    },
    { provider: cluster(settings.kubeContext()) },
  );
  const url = pulumi.interpolate`http://${deals.name}.${environment.namespaceName}.svc:${deals.port}`;
  return {
    namespace: environment.namespaceName,
    url,
    services: environment.services,
    images: environment.images,
    imageSource: Object.keys(settings.standIns).length > 0 ? "stand-in" : "published",
    readyCommit: environment.readyCommit,
  };
}

/**
 * The stack's only Kubernetes provider. No path and no credential enters its inputs, which are kept in state: the
 * plugin reads KUBECONFIG itself, and a kubeconfig of another cluster lacks the context. Without server-side apply
 * it creates by POST, so that an existing namespace is refused, not adopted.
 */
function cluster(context: string): k8s.Provider {
  return new k8s.Provider("cluster", {
    kubeconfig: "",
    context,
    clusterIdentifier: context,
    enableServerSideApply: false,
  });
}
