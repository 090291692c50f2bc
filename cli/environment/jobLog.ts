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
  const lines = new Lines(output.mask);
  const pass = (text: string) => {
    count.note(text);
    return output.output(text);
  };
  for await (const text of podLog(config, container, ended.signal, output.line)) await pass(lines.push(text));
  await pass(lines.end());
}
