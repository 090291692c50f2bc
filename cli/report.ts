import type { KubeConfig } from "#bundled/kubernetes";
import { namespaceName } from "../components/model/names.ts";
import { EnvironmentFailure, facts as causeFacts } from "./diagnosis/diagnosis.ts";
import { Mask } from "./mask.ts";
import { Observation, type Kind } from "./observation.ts";
import { block } from "./view/block.ts";
import { follow } from "./view/follow.ts";
import type { Pods } from "./view/pods.ts";
import { isLive, Screen } from "./view/screen.ts";
import { services } from "./view/services.ts";
import { timelineOf, timelineTable } from "./view/timeline.ts";

interface Stage {
  name: string;
  seconds: number;
  ok: boolean;
}

/** What a line of Pulumi says of the application's image, once it is built and pushed. */
const imageBuilt = /\bdocker:\S+ .*\b(created|updated|replaced) \(/;

/**
 * Tells what a command does: in plain lines with the time since the start and, at a terminal, a live view
 * below them. All of it goes to standard error, so that output can be piped.
 */
export class Report {
  /** Hides secrets in all that is told. */
  readonly mask = Mask.ofVariables(process.env);
  readonly #start = Date.now();
  readonly #json: boolean;
  readonly #stages: Stage[] = [];
  #stage = "";
  #pods: Pods = new Map();
  #imageBuilt: number | undefined;
  #screen: Screen | undefined;

  constructor({ json = false }: { json?: boolean } = {}) {
    this.#json = json;
  }

  readonly line = (text: string): void => {
    this.#above(() =>
      process.stderr.write(`${this.#now().toFixed(1).padStart(6)}s  ${this.mask.text(text)}\n`),
    );
  };

  /** A line that says less than the live view does. */
  readonly detail = (text: string): void => {
    if (imageBuilt.test(text)) this.#imageBuilt = this.#now();
    if (this.#screen === undefined) this.line(text);
  };

  /** What a command passes on: to standard output, unless that is for data. */
  readonly output = (text: string): void => {
    this.#above(() => (this.#json ? process.stderr : process.stdout).write(`  ${this.mask.text(text)}\n`));
  };

  /** Runs one stage and says how long it took, and whether it did what it should. */
  async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    const ended = (ok: boolean) => {
      const seconds = rounded(this.#now() - start);
      this.#stages.push({ name, seconds, ok });
      this.line(`${name}: ${ok ? "done in" : "FAILED after"} ${seconds.toFixed(1)} s`);
    };
    this.#stage = name;
    this.line(`${name}: begins`);
    try {
      const result = await work();
      ended(true);
      return result;
    } catch (error) {
      ended(false);
      throw error;
    }
  }

  /** Shows an environment's services while work is done on it, and then when each of them got how far. */
  async following<T>(
    { config, stack, kinds }: { config: KubeConfig; stack: string; kinds: Kind[] },
    work: (observation: Observation) => Promise<T>,
  ): Promise<T> {
    const ended = new AbortController();
    const observation = new Observation({
      ...{ config, namespace: namespaceName(stack), kinds, signal: ended.signal, mask: this.mask },
    });
    let isWhole = true;
    follow(observation, {
      now: this.#now,
      onChange: (pods) => {
        this.#pods = pods;
      },
      onLoss: (reason) => {
        if (isWhole) this.line(`from now on less is shown of the services: ${reason}`);
        isWhole = false;
      },
    });
    try {
      if (isLive(process.stderr, process.env)) this.#screen = await Screen.open(process.stderr, this.#block);
      return await work(observation);
    } finally {
      ended.abort();
      this.#screen?.close();
      this.#screen = undefined;
      this.#tellTimeline();
    }
  }

  /** Does a command's work and, with `--json`, prints what was done and what it returns, or its error. */
  async accounted(stack: string, work: () => Promise<object>): Promise<void> {
    let facts: object = {};
    try {
      facts = await work();
    } catch (error) {
      (error as Error).message = this.mask.text((error as Error).message);
      facts = { error: (error as Error).message };
      if (error instanceof EnvironmentFailure) facts = { ...facts, cause: causeFacts(error.findings) };
      throw error;
    } finally {
      if (this.#json) process.stdout.write(`${JSON.stringify(this.#account(stack, facts), null, 2)}\n`);
    }
  }

  #account(stack: string, facts: object) {
    return {
      ...{ stack, namespace: namespaceName(stack), stages: this.#stages },
      ...(this.#imageBuilt !== undefined && { imageBuilt: this.#imageBuilt }),
      timeline: timelineOf(services(this.#pods)),
      ...facts,
    };
  }

  #tellTimeline(): void {
    if (this.#imageBuilt !== undefined) this.line(`the image was built at ${this.#imageBuilt.toFixed(1)} s`);
    for (const row of timelineTable(timelineOf(services(this.#pods))))
      process.stderr.write(`         ${row}\n`);
  }

  readonly #block = (): string[] => {
    const snapshot = { stage: this.#stage, seconds: this.#now(), services: services(this.#pods) };
    return block(snapshot, process.stderr);
  };

  /** Seconds since the start, in tenths. */
  readonly #now = (): number => rounded((Date.now() - this.#start) / 1000);

  #above(write: () => void): void {
    if (this.#screen === undefined) write();
    else this.#screen.above(write);
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
