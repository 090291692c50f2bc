import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectPage, installBrowser } from "./browserTests.ts";
import { firstMoments } from "./firstMoments.ts";
import { connection, inNamespace, pod, pullSecret, rollAll, waitingMessage } from "./pods.ts";
import { expectPullOnly } from "./registryLogins.ts";
import { expectSuites } from "./suites.ts";
import {
  adminKubeconfig,
  docker,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  remains,
  shell,
  stacks,
  tryKubectl,
  uniqueName,
} from "./shell.ts";

const stack = uniqueName("slice");
const namespace = `env-${stack}`;
const control = uniqueName("control");
const registry = shell.CI_REGISTRY ?? "";
const up = ["up", "--yes", "--skip-preview"];
const stopped = /^(timeout|ECONNREFUSED)$/;
let outputs: Record<string, unknown> = {};

beforeAll(async () => {
  await pulumi(["stack", "select", "--create", stack]);
  const { exitCode, output } = await pulumi([...up, "--stack", stack]);
  expect(exitCode, output).toBe(0);
  expect(output).not.toContain(shell.CI_REGISTRY_PASSWORD);
  outputs = JSON.parse(
    (await pulumi(["stack", "output", "--json", "--stack", stack])).stdout,
  ) as typeof outputs;
});

afterAll(async () => {
  await tryKubectl("delete", "namespace", control, "--ignore-not-found");
  for (const left of await stacks())
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", left]);
});

describe("an environment made by plain pulumi up", () => {
  test("tells where it is, what it runs and which commit is ready", async () => {
    const { metadata } = JSON.parse(await kubectl("get", "namespace", namespace, "-o", "json")) as {
      metadata: { annotations: Record<string, string>; labels: Record<string, string> };
    };
    expect(outputs).toMatchObject({
      namespace,
      imageSource: "stand-in",
      services: { deals: "deals:80", catalogue: "catalogue:80", "catalogue-db": "catalogue-db:3306" },
    });
    expect(outputs.readyCommit).toMatch(/^[0-9a-f]{40}$/);
    expect(metadata.annotations["dynenv/commit"]).toBe(outputs.readyCommit);
    expect(metadata.annotations["dynenv/stack"]).toBe(stack);
    // What the API server keeps: providers change labels on the way.
    expect(metadata.labels["app.kubernetes.io/part-of"]).toBe("dynenv");
  });

  test("passes the example's tests, run as a Job beside it", async () => {
    const { exitCode, output } = await dynenv(["test", "--stack", stack]);
    expect(output).toContain("the version under test is the one that was built");
    expect(output).toMatch(/fail 0\b/);
    expect(exitCode, output).toBe(0);
  });

  test("runs suites by name, each with what it was given, and copies their results", async () => {
    const { images, readyCommit } = outputs as { images: Record<string, string>; readyCommit: string };
    await expectSuites(stack, images.deals ?? "", readyCommit);
  });

  test("has a page that a browser opens by its address", async () => {
    await installBrowser();
    await expectPage(stack);
  }, 300_000);

  test("opens every connection of a test before its first moment", async () => {
    // As many at once as the quota has room for.
    expect(await firstMoments(namespace, 4)).toEqual(Array.from({ length: 4 }, () => "open open open"));
  });

  test("shows a price changed in MariaDB through deals", async () => {
    const deal = async () => {
      const path = `/api/v1/namespaces/${namespace}/services/deals:80/proxy/deals?id=1`;
      return JSON.parse(await kubectl("get", "--raw", path)) as { sock: { id: string; price: number } };
    };
    const { sock } = await deal();
    const price = sock.price + 100;
    const sql = `UPDATE sock SET price = ${String(price)} WHERE sock_id = '${sock.id}'`;
    const mysql = `mysql -u"$MYSQL_USER" -p"$MYSQL_PASSWORD" "$MYSQL_DATABASE" -e "${sql}"`;
    await kubectl("exec", "-n", namespace, "deploy/catalogue-db", "--", "sh", "-c", mysql);
    expect((await deal()).sock.price).toBeCloseTo(price, 2);
  });

  test("changes nothing on a second up", async () => {
    const { exitCode, output } = await pulumi([...up, "--expect-no-changes", "--stack", stack]);
    expect(exitCode, output).toBe(0);
  });

  test("keeps secrets and the program's places out of its state", async () => {
    const { stdout } = await pulumi(["stack", "export", "--stack", stack]);
    expect(stdout).not.toMatch(/components\/\w+\.ts/);
    const password = await kubectl(
      "get",
      "secret",
      "catalogue-db-password",
      "-n",
      namespace,
      "-o",
      "jsonpath={.data.password}",
    );
    const generated = Buffer.from(password, "base64").toString();
    expect(generated).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(stdout).toContain("catalogue-db-password");
    for (const secret of [generated, password, shell.CI_REGISTRY_PASSWORD, shell.KUBECONFIG]) {
      expect(stdout).not.toContain(secret);
    }
  });

  test("holds a login to the registry that may pull and not push", { timeout: 15_000 }, async () => {
    const { images } = outputs as { images: Record<string, string> };
    await expectPullOnly(namespace, images.deals ?? "");
  });

  test("has a quota that applies", async () => {
    const large = pod("large", { image: "none", command: ["none"], cpu: "100" });
    const { exitCode, output } = await kubectlApply(inNamespace(namespace, large));
    expect(exitCode).not.toBe(0);
    expect(output).toContain("exceeded quota: environment");
  });
});

describe("the network", () => {
  beforeAll(async () => {
    const { images } = outputs as { images: Record<string, string> };
    await kubectl("create", "namespace", control);
    const server = `require("node:net").createServer((socket) => socket.end()).listen(3306)`;
    const secret = pullSecret(
      "pull",
      registry,
      shell.CI_REGISTRY_USER ?? "",
      shell.CI_REGISTRY_PASSWORD ?? "",
    );
    const run = { image: images.deals ?? "", pullSecret: "pull" };
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "catalogue-db" },
      spec: { selector: { "app.kubernetes.io/name": "catalogue-db" }, ports: [{ port: 3306 }] },
    };
    const objects = [
      secret,
      service,
      pod("catalogue-db", { ...run, command: ["node", "--eval", server] }),
      pod("deals", { ...run, command: ["sleep", "300"] }),
    ];
    const { exitCode, output } = await kubectlApply(...objects.map((object) => inNamespace(control, object)));
    expect(exitCode, output).toBe(0);
    await kubectl("wait", "-n", control, "--for=condition=Ready", "pod", "--all", "--timeout=60s");
  });

  test("lets an edge of the graph connect", async () => {
    expect(await connection(namespace, "deploy/deals", "catalogue", 80)).toBe("open");
  });

  test("stops what is no edge, while the same attempt gets through where there are no policies", async () => {
    expect(await connection(control, "pod/deals", "catalogue-db", 3306)).toBe("open");
    expect(await connection(namespace, "deploy/deals", "catalogue-db", 3306)).toMatch(stopped);
  });

  test("stops a foreign namespace", async () => {
    expect(
      await connection(control, "pod/deals", `catalogue-db.${namespace}.svc.cluster.local`, 3306),
    ).toMatch(stopped);
    expect(await connection(control, "pod/deals", `deals.${namespace}.svc.cluster.local`, 80)).not.toBe(
      "open",
    );
  });
});

describe("an image that this node never pulled", () => {
  let image = "";

  beforeAll(async () => {
    const name = `${registry}/dynenv/unpulled:${uniqueName("never")}`;
    const dockerfile = `FROM ${shell.DYNENV_BASE_IMAGE ?? ""}\nLABEL name=${name}\n`;
    const config = join(adminKubeconfig, "..", "docker-config");
    await docker(["--config", config, "build", "--tag", name, "-"], { input: dockerfile });
    await docker(["--config", config, "push", "--quiet", name]);
    image = (await docker(["inspect", "--format", "{{index .RepoDigests 0}}", name])).trim();
  });

  const unpulled = (name: string, secret: { pullSecret?: string; serviceAccountName?: string }) =>
    inNamespace(namespace, pod(name, { image, command: ["node", "--version"], ...secret }));

  test("cannot be pulled without the secret", async () => {
    const { exitCode, output } = await kubectlApply(unpulled("no-secret", {}));
    expect(exitCode, output).toBe(0);
    expect(await waitingMessage(namespace, "no-secret", "ErrImagePull")).toMatch(
      /401|unauthorized|authorization failed/i,
    );
  });

  test("cannot be pulled with a wrong password", async () => {
    const wrong = inNamespace(
      namespace,
      pullSecret("wrong", registry, shell.CI_REGISTRY_USER ?? "", "wrong"),
    );
    const { exitCode, output } = await kubectlApply(wrong, unpulled("wrong-secret", { pullSecret: "wrong" }));
    expect(exitCode, output).toBe(0);
    expect(await waitingMessage(namespace, "wrong-secret", "ErrImagePull")).toMatch(
      /401|unauthorized|authorization failed/i,
    );
  });

  test("is pulled with the environment's secret", async () => {
    const { exitCode, output } = await kubectlApply(
      unpulled("right-secret", { serviceAccountName: "test-runner" }),
    );
    expect(exitCode, output).toBe(0);
    await kubectl(
      "wait",
      "-n",
      namespace,
      "pod/right-secret",
      "--for=jsonpath={.status.phase}=Succeeded",
      "--timeout=60s",
    );
  });
});

describe("an environment for a fork", () => {
  const fork = uniqueName("fork");

  test("comes without a login, an image of its own or a long life", async () => {
    const { images } = outputs as { images: Record<string, string> };
    const anonymous = shell.DYNENV_PUBLIC_REGISTRY ?? "";
    const image = (images.deals ?? "").replace(registry, anonymous);
    const settings = ["trust=fork", `images={"deals":"${image}"}`, `imagePrefix=${anonymous}`];
    const withoutLogin = { CI_REGISTRY: "", CI_REGISTRY_USER: "", CI_REGISTRY_PASSWORD: "" };
    await pulumi(["stack", "select", "--create", fork]);
    const { exitCode, output } = await pulumi(
      [...up, "--stack", fork, ...settings.flatMap((setting) => ["--config", setting])],
      withoutLogin,
    );
    expect(exitCode, output).toBe(0);
    const inFork = (...args: string[]) => kubectl("get", "-n", `env-${fork}`, ...args);
    expect(await inFork("secrets", "-o", "name")).toBe("secret/catalogue-db-password");
    expect(await inFork("resourcequota", "environment", "-o", "jsonpath={.spec.hard.pods}")).toBe("5");
    expect(
      await kubectl("get", "namespace", `env-${fork}`, "-o", "jsonpath={.metadata.annotations}"),
    ).toContain('"dynenv/ttl":"4h"');
  });

  test("has room in its small quota while every Deployment rolls at once", async () => {
    // Pods that go first are counted a moment longer: a first try may be refused, and the next is not.
    await rollAll(`env-${fork}`, ["deals", "catalogue", "catalogue-db"]);
  });

  test("builds and pushes nothing", async () => {
    const { exitCode, output } = await pulumi([
      ...up,
      "--stack",
      fork,
      "--config",
      "trust=fork",
      "--config",
      "images=",
    ]);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(
      "setting dynenv:trust is fork, which pushes no image: give dynenv:images one for deals, a reference by digest",
    );
    const removal = await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", fork]);
    expect(removal.exitCode, removal.output).toBe(0);
  });
});

describe("pulumi destroy --remove", () => {
  test("leaves no object, no stack and no settings file", async () => {
    await kubectl("delete", "namespace", control);
    const { exitCode, output } = await pulumi([
      "destroy",
      "--yes",
      "--skip-preview",
      "--remove",
      "--stack",
      stack,
    ]);
    expect(exitCode, output).toBe(0);
    expect(await remains()).toEqual([]);
  });
});
