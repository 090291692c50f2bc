import { kubectl, tryKubectl, uniqueName } from "./shell.ts";

/** A container that was put beside those of a pod that runs already. */
export interface Beside {
  name: string;
  /** Ends its process; the pod keeps its name until it goes itself. */
  end: () => Promise<void>;
}

/** Waits as process 1, which gets no signal that it does not ask for. */
const waits = `process.on("SIGTERM", () => process.exit(0)); setTimeout(() => {}, 900_000);`;

/**
 * Puts a container beside those of a pod that runs, in its network: policies take it for the pod. It waits for 15 minutes.
 * @param image with Node.
 */
export async function besidePod(namespace: string, pod: string, image: string): Promise<Beside> {
  const name = uniqueName("beside");
  const made = [`--image=${image}`, `--container=${name}`, "--profile=general", "--quiet"];
  await kubectl("debug", "-n", namespace, pod, ...made, "--", "node", "--eval", waits);
  const state = `{.status.ephemeralContainerStatuses[?(@.name=="${name}")].state.running.startedAt}`;
  await kubectl("wait", "-n", namespace, `pod/${pod}`, `--for=jsonpath=${state}`, "--timeout=60s");
  const within = ["exec", "-n", namespace, pod, "--container", name, "--"];
  const end = async () => {
    // It ends what calls it, too.
    await tryKubectl(...within, "node", "--eval", "process.kill(1)");
  };
  return { name, end };
}
