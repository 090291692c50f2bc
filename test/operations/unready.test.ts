import { describe, expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { dynenv, kubectl, kubectlApply, tryKubectl } from "../integration/shell.ts";
import { simulatedEnvironments } from "./simulatedEnvironments.ts";

const { up, made, expectRemoved } = simulatedEnvironments("unready");

describe.concurrent("an environment that is not known to be ready", () => {
  test("is checked again by the next dynenv up, though nothing has changed; no test begins before", async () => {
    const stack = await made();
    const namespace = ["-n", `env-${stack}`];
    await kubectl("delete", "job", "readiness", ...namespace);
    const tests = await dynenv(["test", "--stack", stack]);
    expect(tests.exitCode, tests.output).toBe(1);
    expect(lastLine(tests.output)).toMatch(
      /is not known to be ready with commit .*: it has no readiness Job; run/,
    );
    const again = await up(stack);
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toContain("it is checked again");
    await kubectl("wait", ...namespace, "--for=condition=Complete", "job/readiness", "--timeout=20s");
    const marked = ["annotate", "namespace", `env-${stack}`, "--overwrite", "dynenv/commit=1111111"];
    await kubectl(...marked);
    const other = await dynenv(["test", "--stack", stack]);
    expect(other.exitCode, other.output).toBe(1);
    expect(lastLine(other.output)).toContain("its readiness Job asked for commit");
    await expectRemoved(stack);
  });

  test("keeps what is somebody's own where a service is to have its name", async () => {
    const stack = await made();
    const namespace = `env-${stack}`;
    const metadata = { name: "user", namespace };
    await kubectlApply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    const wider = await up(stack, "--config", "services=user");
    expect(wider.exitCode, wider.output).toBe(1);
    expect(lastLine(wider.output)).toContain(
      `serviceaccounts/user in namespace ${namespace} is somebody's own, since it lacks the label`,
    );
    expect((await tryKubectl("get", "serviceaccount", "user", "-n", namespace)).exitCode).toBe(0);
    await expectRemoved(stack);
  });
});
