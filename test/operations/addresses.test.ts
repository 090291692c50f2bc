// An environment's address outside of the cluster, asked for on this machine as a browser does.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { checkedOut } from "../../foundation/checkout.ts";
import { ForgeStandIn } from "../unit/forgeStandIn.ts";
import { dynenv, kubectl, kubectlWith, pulumi, shell, tryKubectl, uniqueName } from "../integration/shell.ts";
import { gateway, page } from "../integration/testGateway.ts";

const stack = uniqueName("addressed");
const namespace = `env-${stack}`;
const { domain, port } = gateway;
let output = "";
/** As GitLab tells it to the jobs of a merge request. */
const ofJob = { CI_MERGE_REQUEST_IID: "12" };

beforeAll(async () => {
  const up = await dynenv(["up", "--stack", stack]);
  output = up.output;
  expect(up.exitCode, output).toBe(0);
}, 180_000);

afterAll(async () => {
  await dynenv(["down", "--stack", stack]);
});

test("an address answers with the commit that was deployed, and asks not to be indexed", async () => {
  const { status, body, headers } = await page(`${namespace}.${domain}`, "/version");
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({ commit: shell.DYNENV_COMMIT ?? checkedOut().commit });
  expect(headers["x-robots-tag"]).toBe("noindex");
});

test("`up`, the outputs and `open` tell it", async () => {
  const url = `http://${namespace}.${domain}:${String(port)}`;
  expect(output).toContain(`deals answers at ${url}\n`);
  const outputs = await pulumi(["stack", "output", "url", "--stack", stack]);
  expect(outputs.stdout.trim()).toBe(url);
  const opened = await dynenv(["open", "deals", "--stack", stack]);
  expect(opened.exitCode, opened.output).toBe(0);
  expect(opened.stdout.trim()).toBe(url);
});

test("its merge request is told where it is, for which commit and until when", async () => {
  const gitlab = await ForgeStandIn.start("GitLab");
  const reported = await dynenv(["report", "--stack", stack], { ...gitlab.variables, ...ofJob });
  gitlab.stop();
  expect(reported.exitCode, reported.output).toBe(0);
  const [{ body } = { body: "" }] = gitlab.comments;
  const commit = (shell.DYNENV_COMMIT ?? checkedOut().commit).slice(0, 12);
  expect(body).toContain(`**The environment is ready** with commit \`${commit}\` `);
  expect(body).toContain(
    `\n\n- \`deals\`: <http://${namespace}.${domain}:${String(port)}>\n\nIt stays until \`2`,
  );
});

test("no other host leads there, and no service that is not exposed has one", async () => {
  for (const host of [`catalogue--${namespace}`, `x${namespace}`, `${namespace}-2`, "env-nobody"])
    expect((await page(`${host}.${domain}`, "/")).status, host).toBe(404);
});

test("admission keeps a route for another environment's host out, whoever writes it", async () => {
  const route = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "thief", namespace },
    spec: {
      parentRefs: [{ name: "previews", namespace: "gateway" }],
      hostnames: [`env-somebody.${domain}`],
      rules: [{ backendRefs: [{ name: "deals", port: 80 }] }],
    },
  };
  const refused = await kubectlWith(JSON.stringify(route), "create", "-f", "-");
  expect(refused.output).toContain("an environment may take no host but its own");
  expect(refused.exitCode).not.toBe(0);
});

test("a route that no gateway serves is the cause that is told, in the merge request, too", async () => {
  const other = uniqueName("unserved");
  const cause =
    /deals works, but its address outside of the cluster does not answer \(the gateway answers 404 for http:\/\/env-\S+\/version: .*; no gateway has taken up its route\)/;
  const gitlab = await ForgeStandIn.start("GitLab");
  const body = () => gitlab.comments[0]?.body;
  try {
    const settings = ["gateway=gateway/nowhere", "readyWithinSeconds=30"];
    const up = await dynenv(["up", "--stack", other, "--config", ...settings], ofJob);
    expect(up.exitCode, up.output).toBe(1);
    expect(up.output).toMatch(cause);
    const reported = await dynenv(["report", "--stack", other], { ...gitlab.variables, ...ofJob });
    expect(reported.exitCode, reported.output).toBe(0);
    expect(body()).toContain("**The environment failed** with commit ");
    expect(body()).toMatch(cause);
  } finally {
    // Which merge request it was for, its namespace alone tells by now.
    await dynenv(["down", "--stack", other], gitlab.variables);
    gitlab.stop();
  }
  expect(body()).toContain("**The environment was removed** at ");
  expect(body()).toMatch(cause);
}, 180_000);

test("an address ends within two seconds of the removal's beginning", async () => {
  const gone = kubectl("delete", "namespace", namespace, "--wait=false", "--cascade=foreground");
  const start = Date.now();
  await gone;
  await vi.waitFor(
    async () => {
      expect((await page(`${namespace}.${domain}`, "/version")).status).toBe(404);
    },
    { timeout: 5000, interval: 50 },
  );
  expect(Date.now() - start).toBeLessThan(2000);
  await tryKubectl("wait", "--for=delete", `namespace/${namespace}`, "--timeout=60s");
});
