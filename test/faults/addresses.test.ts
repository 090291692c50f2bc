import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { kubectl, pulumi, remains, shell, uniqueName } from "../integration/shell.ts";
import { standInOf } from "../integration/standIns.ts";
import { gateway, page } from "../integration/testGateway.ts";
import { eachOf } from "./eachOf.ts";

const requests = 100;
const atOnce = 4;
/** Connections, each of which asks for all hosts. */
const connections = 8;
const minutes = 60_000;
const seed = Number(process.env.TEST_SEED ?? "2026");
const environments = Array.from({ length: 20 }, () => ({
  stack: uniqueName("addressed"),
  commit: randomBytes(20).toString("hex"),
}));
const fixture = ["--cwd", join(projectRoot, "test", "fixtures", "addressed"), "--stack"];
let settings: Record<string, string> = {};

beforeAll(async () => {
  // Any that has Node, from where it is pulled without a login.
  const { CI_REGISTRY = "", DYNENV_PUBLIC_REGISTRY = "" } = shell;
  const node = standInOf("weaveworksdemos/catalogue:0.3.5").replace(CI_REGISTRY, DYNENV_PUBLIC_REGISTRY);
  settings = {
    context: (await kubectl("config", "current-context")).trim(),
    image: node,
    gateway: JSON.stringify(gateway),
  };
});

afterAll(async () => {
  await eachOf(environments, atOnce, async ({ stack }) => {
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", ...fixture, stack]);
  });
  expect(await remains()).toEqual([]);
}, 10 * minutes);

/** @returns what it printed where it failed: others are under way, which end before anything is removed. */
async function deploy({ stack, commit }: { stack: string; commit: string }): Promise<string[]> {
  await pulumi(["stack", "init", ...fixture, stack]);
  const given = Object.entries({ ...settings, commit }).flatMap(([key, value]) => [
    "--config",
    `${key}=${value}`,
  ]);
  const up = await pulumi(["up", "--yes", "--skip-preview", ...fixture, stack, ...given]);
  return up.exitCode === 0 ? [] : [up.output];
}

test(
  "each of twenty environments answers at its own address with its own commit",
  async () => {
    console.log(`seed ${String(seed)} (TEST_SEED)`);
    const start = Date.now();
    const tell = (what: string) => {
      console.log(`${what} after ${String(Math.round((Date.now() - start) / 1000))} s`);
    };
    const failed: string[] = [];
    await eachOf(environments, atOnce, async (one) => {
      failed.push(...(await deploy(one)));
    });
    expect(failed).toEqual([]);
    tell(`${String(environments.length)} environments are up, ${String(atOnce)} at a time,`);
    const all = environments.flatMap((one) => Array.from({ length: requests }, () => one));
    const mixed = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    const [asked = []] = fc.sample(mixed, { numRuns: 1, seed });
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const wrong: string[] = [];
    try {
      await eachOf(asked, connections, async ({ stack, commit }) => {
        const { status, body } = await page(`env-${stack}.${gateway.domain}`, "/version", undefined, {
          agent,
        });
        if (status !== 200 || body !== JSON.stringify({ commit }))
          wrong.push(`${stack}, ${commit}: ${String(status)} ${body}`);
      });
    } finally {
      agent.destroy();
    }
    tell(`${String(asked.length)} requests are answered`);
    expect(asked).toHaveLength(environments.length * requests);
    expect(wrong).toEqual([]);
  },
  30 * minutes,
);
