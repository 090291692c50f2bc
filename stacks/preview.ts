import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment, sockShop } from "../components/index.ts";
import { deals, testCommand } from "../example/service.ts";
import { cluster } from "./provider.ts";
import { imageBuild } from "./image.ts";
import type { Settings } from "./settings.ts";

/** An environment for one commit: the application under test and what it uses, in a namespace of its own. */
export function previewStack(settings: Settings) {
  const { stack, project, ref, commit, image, pull, ttl, deployedAt, standIns, nodeSelector } = settings;
  const environment = new EphemeralEnvironment(
    "preview",
    {
      ...{ stack, project, ref, commit, testCommand, application: deals },
      ...(image === undefined ? { build: imageBuild(settings, deals.name) } : { image }),
      ...{ catalogue: sockShop, functions: settings.functions, services: settings.services },
      images: { prefix: settings.imagePrefix, standIns },
      registries: pull ? [pull] : [],
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
