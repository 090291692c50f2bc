import type { KubeConfig } from "#bundled/kubernetes";
import { namespaceName } from "../../components/model/index.ts";
import { EnvironmentFailure, facts as causeFacts } from "../diagnosis/diagnosis.ts";
import type { Done } from "../pulumi/news.ts";
import { door } from "../process/door.ts";
import { Observation, type Kind } from "../kubernetes/observation.ts";
import { block } from "./block.ts";
import { follow } from "./follow.ts";
import type { Pods } from "./pods.ts";
import { isLive, Screen } from "./screen.ts";
import { services } from "./services.ts";
import { timelineOf, timelineTable } from "./timeline.ts";

interface Stage {
  name: string;
  seconds: number;
  ok: boolean;
}

/**
 * Tells what a command does: in plain lines with the time since the start and, at a terminal, a live view
 * below them. All of it goes to standard error, so that output can be piped.
 */
export class Report {
  /** Hides secrets in all that is told. */
  readonly mask = door.mask;
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
    this.#above(() => {
      door.tell(text, `${this.#now().toFixed(1).padStart(6)}s  `);
    });
  };

  /** A line that says less than the live view does. */
  readonly detail = (text: string, { op, type }: Done): void => {
    if (type.startsWith("docker:") && op !== "delete") this.#imageBuilt = this.#now();
    if (this.#screen === undefined) this.line(text);
  };

  /** Lines that a command passes on: to standard output, unless that is for data. Ready when more can be taken. */
  readonly output = async (lines: string): Promise<void> => {
    if (lines === "") return;
    this.#above(() => {
      if (this.#json) door.tell(lines, "  ");
      else door.pass(lines, "  ");
    });
    await door.drained();
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
      if (isLive(door.terminal, process.env)) this.#screen = await Screen.open(door.terminal, this.#block);
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
      facts = { error: (error as Error).message };
      if (error instanceof EnvironmentFailure) facts = { ...facts, cause: causeFacts(error.findings) };
      throw error;
    } finally {
      if (this.#json) door.passJson(this.#account(stack, facts));
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
    for (const row of timelineTable(timelineOf(services(this.#pods)))) door.tell(row, "         ");
  }

  readonly #block = (): string[] => {
    const seen = services(this.#pods).map(({ phase, ...service }) => ({
      ...service,
      phase: { ...phase, text: door.text(phase.text) },
    }));
    const snapshot = { stage: this.#stage, seconds: this.#now(), services: seen };
    return block(snapshot, door.terminal);
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
