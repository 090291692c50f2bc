import type { KubeConfig } from "#bundled/kubernetes";
import { untilHopeless } from "../diagnosis/failFast.ts";
import { sentence } from "../diagnosis/rules/finding.ts";
import { jobOf } from "../diagnosis/rules/job.ts";
import { endJob } from "./lingeringJobs.ts";
import type { Mask } from "../text/mask.ts";
import { Observation } from "../kubernetes/observation.ts";

/** A Job that was just started, of tests or a task. */
export interface StartedJob {
  /** What it runs, in words. */
  what: string;
  config: KubeConfig;
  namespace: string;
  name: string;
  mask: Mask;
}

/** Other tests, whose pods take the quota's room, may end; but nobody is still pushing the image. */
const patience = { "quota-exceeded": 120, "image-missing": 0 };

/**
 * Waits until a test Job is seen not to begin, as when its image cannot be pulled, and ends the Job, which would take
 * room in the quota up to its deadline. @returns why, or nothing once the signal comes.
 */
export async function obstacle(job: StartedJob, signal: AbortSignal): Promise<string | undefined> {
  const { config, namespace, name, mask } = job;
  const observation = new Observation({ config, namespace, mask, signal, kinds: ["pods", "events", "jobs"] });
  const failure = await untilHopeless({
    ...{ observation, signal, patience },
    part: (state) => {
      const alone = {
        ...state,
        tested: name,
        jobs: state.jobs.filter(({ metadata }) => metadata?.name === name),
      };
      return { ...alone, pods: state.pods.filter((pod) => jobOf(pod, alone) !== undefined) };
    },
  });
  if (failure === undefined || signal.aborted) return undefined;
  const message = sentence(failure.findings[0]);
  const end = { type: "FailureTarget", reason: "CannotBegin", message } as const;
  // Whether it may be ended changes nothing about why.
  await endJob(config, namespace, name, end).catch(() => undefined);
  return message;
}
