import type { KubeConfig, V1Pod } from "#bundled/kubernetes";
import { ownStatus } from "../kubernetes/containerStatuses.ts";
import { podLog } from "../kubernetes/podLog.ts";
import { Lines } from "../text/lines.ts";
import type { Mask } from "../text/mask.ts";
import type { TestCount } from "./testCount.ts";

/** Where the log of a Job goes. */
export interface Output {
  mask: Mask;
  /** Takes whole lines, and is ready when it can take more. */
  output: (text: string) => Promise<void>;
  line: (text: string) => void;
}

/** Passes on a pod's log until it ends, and counts the tests in it. */
export async function followLog(
  config: KubeConfig,
  pod: V1Pod,
  end: Promise<unknown>,
  output: Output,
  count: TestCount,
): Promise<void> {
  const { metadata, spec } = pod;
  const container = {
    ...{ namespace: metadata?.namespace ?? "", pod: metadata?.name ?? "" },
    name: (ownStatus(pod) ?? spec?.containers[0])?.name ?? "",
  };
  const ended = new AbortController();
  const noted = () => {
    ended.abort();
  };
  end.then(noted, noted);
  await passOn(podLog(config, container, ended.signal, output.line), output, count);
}

/** Passes on what tests print, in whole lines, and counts the tests in it. */
export async function passOn(
  texts: AsyncIterable<string>,
  { mask, output }: Pick<Output, "mask" | "output">,
  count: TestCount,
): Promise<void> {
  const lines = new Lines(mask);
  const pass = (text: string) => {
    count.note(text);
    return output(text);
  };
  for await (const text of texts) await pass(lines.push(text));
  await pass(lines.end());
}
