import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment } from "../components/index.ts";
import { deals, testCommand } from "../example/service.ts";
import { imageBuild } from "./image.ts";
import type { Settings } from "./settings.ts";

/** An environment for one commit: the application under test and what it uses, in a namespace of its own. */
export function previewStack(settings: Settings) {
  const { stack, project, ref, commit, image, registry, ttl, deployedAt, standIns, nodeSelector } = settings;
  const environment = new EphemeralEnvironment(
    "preview",
    {
      ...{ stack, project, ref, commit, testCommand, application: deals },
      ...(image === undefined ? { build: imageBuild(settings, deals.name) } : { image }),
      ...{ functions: settings.functions, services: settings.services },
      images: { prefix: settings.imagePrefix, standIns },
      registries: registry ? [registry] : [],
      ...{ trust: settings.trust, ...(ttl !== undefined && { ttl }), cap: settings.cap },
      ...(deployedAt !== undefined && { deployedAt }),
      ...(Object.keys(nodeSelector).length > 0 && { placement: { nodeSelector } }),
      readyWithinSeconds: settings.readyWithinSeconds,
    },
    { provider: cluster(settings.kubeContext()) },
  );
  const url = pulumi.interpolate`http://${deals.name}.${environment.namespaceName}.svc:${deals.port}`;
  return {
    namespace: environment.namespaceName,
    url,
    services: environment.services,
    images: environment.images,
    imageSource: Object.keys(standIns).length > 0 ? "stand-in" : "published",
    readyCommit: environment.readyCommit,
    expiresAt: environment.expiresAt,
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
