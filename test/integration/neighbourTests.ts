import { describe, expect, test } from "vitest";
import { kinds, tryAll } from "./clusterApi.ts";
import { create, inNamespace, pod } from "./pods.ts";
import { kubectl } from "./shell.ts";

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
      const quiet = await answerTimes(environments().other);
      const restarts = await restartsIn(environments().other);
      const limits = { image: environments().image, serviceAccountName: "test-runner" };
      const memory = "const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1));";
      const cpu = "const end = Date.now() + 60000; while (Date.now() < end);";
      await create(
        inNamespace(
          environments().shop,
          pod("memory-hog", { ...limits, command: ["node", "--eval", memory] }),
        ),
        inNamespace(
          environments().shop,
          pod("cpu-hog", { ...limits, command: ["node", "--eval", cpu], cpu: "200m" }),
        ),
      );
      const reason = "{.status.containerStatuses[0].state.terminated.reason}";
      const killed = ["pod/memory-hog", `--for=jsonpath=${reason}=OOMKilled`, "--timeout=60s"];
      await kubectl("wait", "-n", environments().shop, ...killed);
      await kubectl(
        "wait",
        "-n",
        environments().shop,
        "pod/cpu-hog",
        "--for=condition=Ready",
        "--timeout=60s",
      );
      const disturbed = await answerTimes(environments().other);
      // The median, since single answers vary on a busy machine.
      expect(disturbed, `quiet ${String(quiet)} ms, disturbed ${String(disturbed)} ms`).toBeLessThan(
        3 * quiet + 5,
      );
      expect(await restartsIn(environments().other)).toBe(restarts);
      await kubectl("delete", "pod", "memory-hog", "cpu-hog", "-n", environments().shop);
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
      const others = all.filter(({ resource }) => !resource.startsWith("self"));
      const answers = await tryAll(token, others, environments().other);
      expect(answers.length).toBeGreaterThan(200);
      expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    });
  });
}

/** Median time of an answer of deals to its own pod, in milliseconds. */
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
