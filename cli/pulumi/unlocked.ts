import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import { pulumi, PulumiFailure, type PulumiRun } from "./pulumi.ts";
import { pulumiProject } from "./pulumiProject.ts";
import { described, isGone, lockOwners } from "./stackLock.ts";

/** An environment that was left as it is, since it is somebody else's for now: nothing is to be cleaned up. */
export class LeftAlone extends Failure {}

/** How long another run may keep the stack, and how often it is tried again: backends tell nobody of a lock's end. */
const waitAtMost = 300_000;
const tryAgainAfter = 2000;

/**
 * Runs Pulumi on a stack as soon as nobody else does. A lock whose owner is provably gone is taken away; a living
 * owner is waited for.
 * @param afterWait looks again at what the other owner may have changed, once it has ended. Default: nothing does.
 * @throws when it still has the stack after five minutes.
 */
export async function unlocked(
  stack: string,
  run: PulumiRun,
  work: () => Promise<void>,
  afterWait?: () => Promise<void>,
): Promise<void> {
  const workAgain = async () => {
    if (afterWait === undefined) return work();
    await touchLock(stack, run);
    await afterWait();
    return work();
  };
  const deadline = Date.now() + waitAtMost;
  for (let attempt = 1; ; attempt++) {
    const owners = await ownersMet(attempt === 1 ? work : workAgain);
    if (owners.length === 0) return;
    const gone = await Promise.all(owners.map((owner) => isGone(owner)));
    const all = owners.map(described).join(" and ");
    if (!gone.includes(false)) {
      run.progress(`the lock of ${all} is taken away, since that process is gone`);
      await pulumi(["cancel", "--yes", "--stack", stack], run);
      continue;
    }
    if (Date.now() > deadline)
      throw new LeftAlone(
        "broken",
        `stack ${stack} is locked by ${all}: wait for it, or, once it is known to be gone, run \`pulumi cancel --stack ${stack}\``,
      );
    if (attempt === 1) run.progress(`stack ${stack} is locked by ${all}: waiting for it ...`);
    await sleep(tryAgainAfter, undefined, { signal: run.signal }).catch(() => undefined);
    if (run.signal.aborted) throw endedWaiting(run.signal.reason);
  }
}

/** Nothing was done to the stack, which is another run's. */
function endedWaiting(reason: unknown): unknown {
  if (!(reason instanceof Failure) || reason.exitCode !== exitCodes.interrupted) return reason;
  return new LeftAlone("interrupted", reason.message, { cause: reason });
}

/** Waits until nobody is at work on a stack. */
export async function untilUnlocked(stack: string, run: PulumiRun): Promise<void> {
  await unlocked(stack, run, () => touchLock(stack, run));
}

/** Takes a stack's lock and gives it back: a refresh of nothing is the least that does. @throws while others have it. */
async function touchLock(stack: string, run: PulumiRun): Promise<void> {
  const nothing = `urn:pulumi:${stack}::${pulumiProject()}::none::none`;
  const args = ["refresh", "--yes", "--skip-preview", "--stack", stack, "--target", nothing];
  const silent = () => undefined;
  // This is not the work that others wait to begin.
  const { begun: _begun, ...quiet } = { ...run, progress: silent, detail: silent };
  await pulumi(args, quiet).catch((error: unknown) => {
    if (!(error instanceof PulumiFailure) || lockOwners(error.output).length > 0) throw error;
  });
}

/** Who kept Pulumi from its work; nobody when it was done. */
async function ownersMet(work: () => Promise<void>) {
  try {
    await work();
    return [];
  } catch (error) {
    const owners = error instanceof PulumiFailure ? lockOwners(error.output) : [];
    if (owners.length === 0) throw error;
    return owners;
  }
}
