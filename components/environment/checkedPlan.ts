import {
  checkCommand,
  checkDeployedAt,
  checkImageSource,
  checkMark,
  checkNames,
  checkPlacement,
  checkServiceSecrets,
  checkSetOnce,
  checkStackName,
  plan,
  type Plan,
  timeToLive,
} from "../model/index.ts";
import { checkImageOrBuild, checkSameCode } from "../services/applicationImage.ts";
import { checkLogins } from "./registrySecret.ts";
import { checkReadyWithin } from "../services/workload.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";

/** What the environment consists of. @throws on arguments that are wrong, before anything is created. */
export function checkedPlan(args: EphemeralEnvironmentArgs): Plan {
  const planned = plan(args);
  if (args.build !== undefined && !planned.rules.push)
    throw new Error(
      "trust is fork, which pushes no image: give image, a reference by digest, instead of build",
    );
  checkImageOrBuild(args);
  const { application, users = [], groups = [], placement = {} } = args;
  const { config, secrets, serviceSecrets = {} } = args;
  checkSetOnce(application, planned.variables[application.name] ?? [], { config, secrets });
  checkServiceSecrets(serviceSecrets, planned.shop, planned.services);
  checkStackName("stack", args.stack);
  checkMark("project", args.project);
  checkMark("ref", args.ref);
  checkMark("commit", args.commit);
  checkSameCode(args);
  if (args.images !== undefined) checkImageSource(args.images);
  timeToLive(args.ttl, planned.rules);
  if (args.deployedAt !== undefined) checkDeployedAt("deployedAt", args.deployedAt, new Date());
  checkCommand("testCommand", args.testCommand, ["npm", "test"]);
  checkReadyWithin(args.readyWithinSeconds);
  checkPlacement(placement);
  checkNames("users", users, "ada@example.com");
  checkNames("groups", groups, "developers");
  const { registries = [], dockerConfig } = args;
  if (registries.length > 0 || dockerConfig !== undefined) checkLogins(args);
  return planned;
}
