import { describe, expect, it } from "vitest";
import { failedStep, missingBuildKit } from "../../local/plugins/buildFailure.ts";
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

  it("is told by what the step printed where BuildKit's summary leaves it out, as recorded from Docker 20.10", () => {
    const output = `#5 [1/2] FROM 10.201.3.2:5000/library/redis:7.4.2-alpine
#5 sha256:18658226a8f13e0a3da5268900e079b83876571aa841060451ef3e30f8d820c4
#5 CACHED

#4 [2/2] RUN echo why; exit 7
#4 sha256:4474c09d6528e2648e0dd0c2cf675804cba236d7b2c2ce67e0aca8bef89e522c
#4 2.049 why
#4 ERROR: executor failed running [/bin/sh -c echo why; exit 7]: exit code: 7
------
 > [2/2] RUN echo why; exit 7:
------
executor failed running [/bin/sh -c echo why; exit 7]: exit code: 7`;
    expect(told(output)).toBe(
      "app/Dockerfile failed at step 2/2 (RUN echo why; exit 7): why (executor failed running [/bin/sh -c echo why; exit 7]: exit code: 7)",
    );
  });
});

describe("a build that needs BuildKit", () => {
  const here = "FROM base\nRUN <<EOF\necho hi\nEOF\n";
  const unknown =
    "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 3: unknown instruction: ECHO";

  it("is told so, as recorded from Docker 20.10", () => {
    const output = `Step 2/2 : RUN --mount=type=cache,target=/c true
the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled`;
    const dockerfile = "FROM base\nRUN --mount=type=cache,target=/c true\n";
    const client = { file: "docker", legacy: "which DOCKER_BUILDKIT=0 switches off: unset it" };
    expect(missingBuildKit("Dockerfile", dockerfile, client, output)).toBe(
      "Dockerfile failed at line 2: RUN --mount needs BuildKit, which DOCKER_BUILDKIT=0 switches off: unset it",
    );
    expect(missingBuildKit("Dockerfile", here, client, unknown)).toMatch(
      /^Dockerfile failed at line 2: a here-document needs BuildKit, /,
    );
    expect(missingBuildKit("Dockerfile", "FROM base\nRUNN x\n", client, unknown)).toBeUndefined();
  });

  it("is told what to do where the daemon's is too old", () => {
    expect(missingBuildKit("Dockerfile", here, { file: "docker" }, unknown)).toMatch(
      /too old for a here-document: begin the Dockerfile with "# syntax=docker\/dockerfile:1"/,
    );
  });

  it("is told of the line that was refused, not of another that needs BuildKit and has it", () => {
    const mounts = here.replace("base\n", "base\nRUN --mount=type=cache,target=/c true\n");
    const refused = unknown.replace("line 3", "line 4");
    expect(missingBuildKit("Dockerfile", mounts, { file: "docker" }, refused)).toMatch(
      /failed at line 3: .* too old for a here-document/,
    );
    expect(
      missingBuildKit("Dockerfile", `RUNN x\n${here}`, { file: "docker" }, "line 1: unknown"),
    ).toBeUndefined();
  });
});
