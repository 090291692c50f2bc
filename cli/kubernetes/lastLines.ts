import type { KubeConfig, V1Pod } from "#bundled/kubernetes";
import { endedContainers, lastLinesOf, withLastLines, type EndedContainer } from "./endedContainers.ts";

/** How containers ended, as their logs say: each is read once. */
export class LastLines {
  /** By the container's id; empty while it is read, and where it cannot be. */
  readonly #known = new Map<string, string>();
  readonly #reading = new Set<Promise<void>>();
  readonly #config: KubeConfig;
  readonly #wasRead: (podUid: string) => void;

  /** @param wasRead is called when more is known of a pod. */
  constructor(config: KubeConfig, wasRead: (podUid: string) => void) {
    this.#config = config;
    this.#wasRead = wasRead;
  }

  /** A pod with what is known of its containers; what is not is read from now on. */
  addedTo(pod: V1Pod): V1Pod {
    const unknown = endedContainers(pod).filter(({ id }) => !this.#known.has(id));
    for (const container of unknown) {
      this.#known.set(container.id, "");
      const reading = this.#read(container, pod.metadata?.uid ?? "").finally(() => {
        this.#reading.delete(reading);
      });
      this.#reading.add(reading);
    }
    return withLastLines(pod, this.#known);
  }

  /** Waits for what is being read. */
  async settled(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #read(container: EndedContainer, podUid: string): Promise<void> {
    const lines = await lastLinesOf(this.#config, container);
    this.#known.set(container.id, lines);
    if (lines !== "") this.#wasRead(podUid);
  }
}
