import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProbeImage, type ProbeImageArgs } from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { kindOf, secretsOf } from "./registrations.ts";

const repository = "registry.example.com/shop/probe";
const base = `docker.io/library/node@sha256:${"a1".repeat(32)}`;

async function built(more: Partial<ProbeImageArgs> = {}) {
  const all = await construct(() => new ProbeImage("probe", { repository, base, ...more }));
  const { resources } = all;
  const [image] = resources.filter((resource) => kindOf(resource) === "Image");
  const inputs = image?.inputs as { imageName: string; build: Record<string, unknown>; registry?: object };
  return { ...inputs, secrets: Object.values(secretsOf(all)).flat() };
}

describe("the image of the readiness Job", () => {
  it("is a Node image in one's own registry, to which nothing is added", async () => {
    const { imageName, build, registry } = await built();
    expect(imageName).toBe(`${repository}:node-a1a1a1a1a1a1`);
    expect(build).toMatchObject({ args: { BASE: base }, platform: "linux/amd64" });
    expect(existsSync(String(build.context))).toBe(true);
    expect(readFileSync(String(build.dockerfile), "utf8")).toBe("ARG BASE\nFROM ${BASE}\n");
    expect(registry).toBeUndefined();
  });

  it("is pushed with a login, whose password is secret", async () => {
    const login = { server: "registry.example.com", username: "ci", password: "canary" };
    const { registry, secrets } = await built({ login, platform: "linux/arm64" });
    expect(registry).toMatchObject({ server: "registry.example.com", username: "ci" });
    expect(secrets).toContain("canary");
  });
});
