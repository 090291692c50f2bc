import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment, type EphemeralEnvironmentArgs, sockShop } from "../components/index.ts";
import { deals, tests } from "../example/service.ts";
import { cluster } from "./provider.ts";
import { imageBuild } from "./image.ts";
import type { Settings } from "./settings.ts";

/** An environment for one commit: the application under test and what it uses, in a namespace of its own. */
export function previewStack(settings: Settings) {
  const environment = new EphemeralEnvironment("preview", environmentArgs(settings), {
    provider: cluster(settings.kubeContext()),
  });
  return {
    namespace: environment.namespaceName,
    url: pulumi.interpolate`http://${deals.name}.${environment.namespaceName}.svc:${deals.port}`,
    services: environment.addresses,
    images: environment.images,
    imageSource: Object.keys(settings.standIns).length > 0 ? "stand-in" : "published",
    readyCommit: environment.readyCommit,
    expiresAt: environment.expiresAt,
  };
}

function environmentArgs(settings: Settings): EphemeralEnvironmentArgs {
  const { stack, project, ref, commit, image, pull, ttl, deployedAt, nodeSelector } = settings;
  const code = image === undefined ? { build: imageBuild(settings, deals.name) } : { image };
  return {
    identity: { stack, project, ref, commit },
    application: { ...deals, ...code },
    backing: {
      catalogue: sockShop,
      names: settings.services,
      functions: settings.functions,
      imageSource: { prefix: settings.imagePrefix, standIns: settings.standIns },
    },
    registry: { logins: pull ? [pull] : [] },
    trust: settings.trust,
    lifetime: { ...(ttl !== undefined && { ttl }), ...(deployedAt !== undefined && { deployedAt }) },
    cap: settings.cap,
    placement: Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {},
    tests,
    readiness: { withinSeconds: settings.readyWithinSeconds },
  };
}
