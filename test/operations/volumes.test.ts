// What only an environment has that stays, on the real cluster.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import {
  adminKubeconfig,
  docker,
  dynenv,
  type Ended,
  kubectl,
  remains,
  shell,
  uniqueName,
} from "../integration/shell.ts";
import { standInOf, standIns } from "../integration/standIns.ts";

const published = "weaveworksdemos/catalogue-db:0.3.0";
const stack = uniqueName("kept");
const unbound = uniqueName("unbound");
const namespaceOf = (name: string) => `env-${name}`;
let cluster = "";
/** The database's image of another release. */
let later = "";

const as = { KUBECONFIG: adminKubeconfig };
const one = { replicas: 2 };

async function up(name: string, settings: Record<string, unknown>, database?: string): Promise<Ended> {
  const sharedWithPreviews = "previews may read its secrets";
  const all = { kind: "standing", cluster, sharedWithPreviews, ...settings };
  const configured = Object.entries(all).flatMap(([key, value]) => [
    "--config",
    `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  ]);
  const images = { ...standIns, ...(database !== undefined && { [published]: database }) };
  return dynenv(["up", "--stack", name, ...configured], { ...as, DYNENV_STAND_INS: JSON.stringify(images) });
}

beforeAll(async () => {
  const elsewhere = await up(stack, { cluster: "elsewhere" });
  [, cluster = ""] = /but the kubeconfig leads to (\S+):/.exec(elsewhere.output) ?? [];
  later = await otherRelease();
}, 120_000);

afterAll(async () => {
  for (const name of [stack, unbound]) {
    await dynenv(["down", "--stack", name, "--yes-remove", name], as);
    await rm(join(projectRoot, `Pulumi.${name}.yaml`), { force: true });
  }
  expect(await remains()).toEqual([]);
}, 120_000);

/** @returns the digest of the database's image with a label more, beside the one that is there. */
async function otherRelease(): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), "dynenv-"));
  try {
    await writeFile(join(context, "Dockerfile"), `FROM ${standInOf(published)}\nLABEL release=${stack}\n`);
    const name = `${shell.DYNENV_IMAGE_PREFIX ?? ""}/weaveworksdemos/catalogue-db`;
    const config = ["--config", join(adminKubeconfig, "..", "docker-config")];
    await docker([...config, "build", "--tag", `${name}:${stack}`, context]);
    await docker([...config, "push", "--quiet", `${name}:${stack}`]);
    const digests = await docker(["inspect", "--format", '{{join .RepoDigests "\\n"}}', `${name}:${stack}`]);
    return (
      digests
        .split("\n")
        .find((digest) => digest.startsWith(`${name}@`))
        ?.split("@")[1] ?? ""
    );
  } finally {
    await rm(context, { recursive: true });
  }
}

const inStack = (...args: string[]) => kubectl("-n", namespaceOf(stack), ...args);

/** Has the database say something. */
function query(text: string): Promise<string> {
  const client = `MYSQL_PWD=$MYSQL_PASSWORD mariadb --user=catalogue --skip-column-names socksdb --execute="${text}"`;
  return inStack("exec", "deploy/catalogue-db", "--", "sh", "-c", client);
}

const count = () => inStack("get", "deployment", "catalogue", "-o=jsonpath={.spec.replicas}");
const image = () =>
  inStack("get", "deployment", "catalogue-db", "-o=jsonpath={.spec.template.spec.containers[0].image}");
const sold = "SELECT name FROM tag WHERE name = 'sold'";

test("data outlives an update and the way back, and the count of pods is left to whoever scales", async () => {
  const volumes = { "catalogue-db": { size: "1Gi" } };
  const first = await up(stack, { volumes, scale: { deals: one, catalogue: one } });
  expect(first.exitCode, first.output).toBe(0);
  expect(await inStack("get", "poddisruptionbudgets", "-o=jsonpath={.items[*].metadata.name}")).toBe(
    "catalogue deals",
  );
  expect(await inStack("get", "persistentvolumeclaim", "catalogue-db", "-o=jsonpath={.status.phase}")).toBe(
    "Bound",
  );
  await query("INSERT INTO tag (name) VALUES ('sold')");
  const former = await image();

  const autoscaling = { min: 2, max: 6, cpuPercent: 70 };
  const update = await up(stack, { volumes, scale: { deals: one, catalogue: { autoscaling } } }, later);
  expect(update.exitCode, update.output).toBe(0);
  expect(await image()).toContain(later);
  expect((await query(sold)).trim()).toBe("sold");

  await inStack("scale", "deployment", "catalogue", "--replicas=4");
  const limits = { cpu: "400m", memory: "190Mi" };
  const back = await up(stack, { volumes, scale: { deals: one, catalogue: { autoscaling, limits } } });
  expect(back.exitCode, back.output).toBe(0);
  expect(back.output).not.toContain("was changed by somebody");
  expect(await image()).toBe(former);
  expect((await query(sold)).trim()).toBe("sold");
  expect(await count()).toBe("4");
}, 400_000);

test("a volume that is taken away stays, and one that does not bind is told and can be put right", async () => {
  const dropped = await up(stack, { volumes: {}, scale: { deals: one, catalogue: one } });
  expect(dropped.exitCode, dropped.output).toBe(1);
  expect(lastLine(dropped.output)).toMatch(/the volume of \S*catalogue-db keeps its data/);
  expect((await query(sold)).trim()).toBe("sold");

  const volume = { size: "1Gi", storageClass: "nowhere" };
  const nowhere = await up(unbound, { volumes: { "catalogue-db": volume } });
  expect(nowhere.exitCode, nowhere.output).toBe(1);
  expect(lastLine(nowhere.output)).toContain(
    'catalogue-db waits for a volume claim that gets no volume (claim catalogue-db: storageclass.storage.k8s.io "nowhere" not found)',
  );
  await kubectl("-n", namespaceOf(unbound), "delete", "persistentvolumeclaim", "catalogue-db");
  const right = await up(unbound, { volumes: { "catalogue-db": { size: "1Gi" } } });
  expect(right.exitCode, right.output).toBe(0);
}, 400_000);
