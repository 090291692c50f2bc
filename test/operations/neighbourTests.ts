import { describe, expect, test } from "vitest";
import { kinds, subresources, tryAll } from "../integration/clusterApi.ts";
import { create, inNamespace, pod } from "../integration/pods.ts";
import { lastLine } from "../../foundation/work.ts";
import { kubectl } from "../integration/shell.ts";

/** Two environments that are up. */
interface Neighbours {
  /** Namespace of the one that misbehaves. */
  shop: string;
  /** Namespace of the one that must not notice. */
  other: string;
  /** Image with Node. */
  image: string;
}

/** What an environment notices of another one on the same node. */
export function neighbourTests(environments: () => Neighbours): void {
  describe("a neighbour", () => {
    test("that takes all memory and CPU it gets is stopped, and is not felt in another environment", async () => {
      const before = await answerTimes(environments().other);
      const restarts = await restartsIn(environments().other);
      const { shop, image } = environments();
      // They state no resources: what stops them are the environment's own limits.
      const hog = (name: string, program: string) =>
        inNamespace(
          shop,
          pod(name, {
            image,
            command: ["node", "--eval", program],
            serviceAccountName: "test-runner",
            resources: undefined,
          }),
        );
      const memory = "const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1));";
      const cpu = `
        const share = () => process.cpuUsage().user / 1000 / performance.now();
        console.log("begins");
        const end = Date.now() + 8000;
        while (Date.now() < end);
        console.log(share());`;
      await create(hog("memory-hog", memory), hog("cpu-hog", cpu));
      const state = "{.status.containerStatuses[0].state";
      const wait = (name: string, condition: string) =>
        kubectl("wait", "-n", shop, `pod/${name}`, `--for=jsonpath=${state}${condition}`, "--timeout=60s");
      await wait("cpu-hog", ".running}");
      const disturbed = await answerTimes(environments().other);
      await wait("memory-hog", ".terminated.reason}=OOMKilled");
      await wait("cpu-hog", ".terminated.reason}=Completed");
      // Half a core is the default of the limit range.
      const share = lastLine(await kubectl("logs", "-n", shop, "cpu-hog"));
      // As much as a busy machine leaves it.
      expect(Number(share)).toBeGreaterThan(0.02);
      expect(Number(share)).toBeLessThan(0.7);
      expect(await restartsIn(environments().other)).toBe(restarts);
      await kubectl("delete", "pod", "memory-hog", "cpu-hog", "-n", shop);
      // Before and after, since other tests keep the machine busy at times.
      const quiet = Math.max(before, await answerTimes(environments().other));
      expect(disturbed, `quiet ${String(quiet)} ms, disturbed ${String(disturbed)} ms`).toBeLessThan(
        3 * quiet + 5,
      );
    });

    test("cannot use its token elsewhere: 403 for every verb of every kind", async () => {
      const token = (await kubectl("create", "token", "test-runner", "-n", environments().shop)).trim();
      const all = await kinds();
      const own = await tryAll(
        token,
        all.filter(({ resource }) => resource === "pods"),
        environments().shop,
      );
      expect(own.filter(({ status }) => status === 200).map(({ verb }) => verb)).toEqual(["list", "watch"]);
      // Everybody may ask what they themselves are and may do.
      const others = [...all.filter(({ resource }) => !resource.startsWith("self")), ...subresources];
      const answers = await tryAll(token, others, environments().other);
      expect(answers.length).toBeGreaterThan(200);
      expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    });
  });
}

/** Median time in which catalogue, and the database behind it, answer to deals, in milliseconds. */
async function answerTimes(namespace: string): Promise<number> {
  const program = `
    const times = [];
    for (let i = 0; i < 60; i++) {
      const start = performance.now();
      await (await fetch("http://catalogue/catalogue/size")).text();
      times.push(performance.now() - start);
    }
    console.log(times.sort((a, b) => a - b)[30]);`;
  const node = ["node", "--input-type=module", "--eval", program];
  return Number(await kubectl("exec", "-n", namespace, "deploy/deals", "--", ...node));
}

async function restartsIn(namespace: string): Promise<string> {
  const counts = "jsonpath={.items[*].status.containerStatuses[*].restartCount}";
  return kubectl("get", "pods", "-n", namespace, "-o", counts);
}
