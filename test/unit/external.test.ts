import { describe, expect, it } from "vitest";
import { backingServices } from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import type { Definition } from "../../stacks/definition.ts";
import { previewStack } from "../../stacks/preview.ts";
import type { Settings } from "../../stacks/settings.ts";
import type { External } from "../../stacks/serviceSettings.ts";
import { exampleSettings } from "../golden/preview.ts";
import { shop } from "../../example/shop.ts";

const image = `registry.example.com/shop/api@sha256:${"1".repeat(64)}`;
const password = { secret: "database", key: "password" };
const definition: Definition = {
  application: "api",
  services: {
    api: { image, port: 8080, uses: ["postgres"] },
    worker: { image, uses: ["postgres"], environment: { DATABASE_URL: "mine" } },
  },
  catalogue: backingServices,
  tests: [{ command: ["npm", "test"] }],
};

async function built(
  external: Record<string, External>,
  changes: Partial<Settings> = {},
  given = definition,
): Promise<Manifest[]> {
  const settings = {
    ...exampleSettings,
    kind: "standing" as const,
    stack: "production",
    images: {},
    external,
    ...changes,
  };
  return manifestsOf(await construct(() => previewStack(given, settings), "production"));
}

interface Container {
  env?: { name: string; value?: string; valueFrom?: object }[];
}

function variablesOf(manifests: Manifest[], service: string): Record<string, unknown> {
  const found = manifests.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === service);
  const { template } = (found?.spec ?? {}) as { template?: { spec: { containers: Container[] } } };
  const env = template?.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

describe("a service that is elsewhere", () => {
  it("is not deployed, and its users find it there by the variables that they know", async () => {
    const manifests = await built({ postgres: { host: "db.example.com", port: 6432, password } });
    expect(JSON.stringify(manifests.map(({ metadata }) => metadata.name))).not.toContain("postgres");
    const { DATABASE_URL, POSTGRES_URL, ...others } = variablesOf(manifests, "api");
    expect(others).toEqual({
      POSTGRES_ADDRESS: "db.example.com:6432",
      POSTGRES_PASSWORD: { secretKeyRef: { name: "database", key: "password" } },
    });
    expect(POSTGRES_URL).toBe(DATABASE_URL);
    expect(DATABASE_URL).toMatch(/\$\(POSTGRES_PASSWORD\)@db\.example\.com:6432/);
    expect(variablesOf(manifests, "worker").DATABASE_URL).toBe("mine");
  });

  it("may be called by its users on its port, and by nobody else", async () => {
    const manifests = await built({ postgres: { host: "192.0.2.7", password } });
    const called = manifests.filter(
      ({ kind, spec }) => kind === "NetworkPolicy" && JSON.stringify(spec).includes("192.0.2.7/32"),
    );
    expect(called.map(({ metadata }) => metadata.name).sort()).toEqual(["pods-api", "pods-worker"]);
    for (const { spec } of called) expect(JSON.stringify(spec)).toContain('"port":5432');
    const named = await built({ postgres: { host: "db.example.com", password, cidr: "198.51.100.0/24" } });
    expect(JSON.stringify(named)).toContain("198.51.100.0/24");
    expect(JSON.stringify(named)).not.toContain("0.0.0.0/0");
  });

  it("may be one of a catalogue that another of it uses", async () => {
    const external = { "catalogue-db": { host: "db.example.com", password } };
    const manifests = await built(external, { images: { deals: image } }, shop());
    const names = manifests.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(["catalogue", "deals"]);
    expect(variablesOf(manifests, "catalogue")).toMatchObject({
      CATALOGUE_DB_ADDRESS: "db.example.com:3306",
      CATALOGUE_DB_PASSWORD: { secretKeyRef: { name: "database", key: "password" } },
    });
  });

  it.each<[string, Record<string, External>, Partial<Settings>, string]>([
    ["there is not", { postgrez: { host: "a" } }, {}, 'names "postgrez", which the program does not have'],
    ["is the application", { api: { host: "a" } }, {}, 'names "api", which is the application itself'],
    ["has a password that nobody tells", { postgres: { host: "a" } }, {}, 'has no password of "postgres"'],
    [
      "a preview would share",
      { postgres: { host: "a", password } },
      { kind: "preview" },
      "is for environments that stay",
    ],
    [
      "is scaled, too",
      { postgres: { host: "a", password } },
      { scale: { postgres: { replicas: 1 } } },
      'scale names "postgres", which the program does not have',
    ],
    ["is a cloud's metadata", { postgres: { host: "169.254.169.254", password } }, {}, "is never permitted"],
  ])("is refused where it %s", async (_, external, changes, sentence) => {
    await expect(built(external, changes)).rejects.toThrow(sentence);
  });
});
