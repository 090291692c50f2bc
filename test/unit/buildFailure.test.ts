import { describe, expect, it } from "vitest";
import { failedStep } from "../../local/plugins/buildFailure.ts";
import { DockerFailure } from "../../local/plugins/dockerCli.ts";

const told = (output: string) =>
  failedStep("app/Dockerfile", new DockerFailure("docker build failed with exit code 1", output));

describe("a build that failed", () => {
  it("is told by its step and what this printed", () => {
    const output = `Sending build context to Docker daemon  2.048kB
Step 1/2 : FROM base
 ---> 6d746c5683d2
Step 2/2 : RUN npm test
 ---> Running in b844d0dc19d7
first
second
\u001B[91mthird\u001B[0m
fourth
The command '/bin/sh -c npm test' returned a non-zero code: 7`;
    expect(told(output)).toBe(
      "app/Dockerfile failed at step 2/2 (RUN npm test): second; third; fourth (The command '/bin/sh -c npm test' returned a non-zero code: 7)",
    );
  });

  it("is told by its line where BuildKit names it", () => {
    const output = `#5 [2/2] RUN npm test
#5 0.151 some output
#5 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 7
------
 > [2/2] RUN npm test:
0.151 some output
------
Dockerfile:3
--------------------
   1 |     ARG BASE
   2 |     FROM \${BASE}
   3 | >>> RUN npm test
--------------------
ERROR: failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 7`;
    expect(told(output)).toBe(
      'app/Dockerfile failed at line 3: some output (ERROR: failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 7)',
    );
  });

  it("is told by the builder's reason before the first step, and by docker's exit code without any", () => {
    const wrong = "Error response from daemon: dockerfile parse error line 3: unknown instruction: RUNN";
    expect(told(`Sending build context\n${wrong}`)).toBe(`app/Dockerfile failed: ${wrong}`);
    expect(told("")).toBe("app/Dockerfile failed: docker build failed with exit code 1");
  });
});
