import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash, contentOf, leftOut } from "../../rendering/content.ts";
import { applicable, environmentFiles, isEnvironmentFile, secretsFile } from "../../rendering/files.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { placeholderOf, secretsScript } from "../../rendering/secretsScript.ts";
import { goldenFiles, manifestsOf } from "../static/goldenFiles.ts";
import "../unit/seed.ts";

/** Each place in a value that has a text, a number or a truth value. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

function changedAt(object: Manifest, path: string[]): Manifest {
  const copy = structuredClone(object) as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as typeof at, copy);
  const before = holder[last];
  holder[last] = typeof before === "number" ? before + 1 : "changed";
  return copy as Manifest;
}

/** Whether a change there is none of what an environment is to be. */
function isLeftOut({ kind }: Manifest, path: string[]): boolean {
  const [first = "", second = "", key = ""] = path;
  if (kind === "Secret" && ["data", "stringData"].includes(first)) return true;
  if (path.some((one) => leftOut.assigned.test(one))) return true;
  if (first === "status") return true;
  if (first !== "metadata") return false;
  if (leftOut.metadata.includes(second)) return true;
  return (
    ["labels", "annotations"].includes(second) && (leftOut.tools.test(key) || leftOut.marks.includes(key))
  );
}

const written: Partial<Manifest["metadata"]> & Record<string, unknown> = {
  ...{ uid: "1", resourceVersion: "2", generation: 3, creationTimestamp: "2026-01-01T00:00:00Z" },
  ...{ managedFields: [{ manager: "somebody" }], ownerReferences: [{ kind: "Namespace" }] },
};

describe("the hash of objects", () => {
  it.each(goldenFiles)(
    "of $name changes with every leaf, but for what is left out on purpose",
    ({ manifests }) => {
      for (const object of manifests) {
        const hash = contentHash([object]);
        for (const path of leaves(object)) {
          const changed = contentHash([changedAt(object, path)]);
          const place = `${object.kind}/${object.metadata.name} ${path.join(".")}`;
          expect([place, changed === hash]).toEqual([place, isLeftOut(object, path)]);
        }
      }
    },
  );

  it("is that of what a server and tools have written into them, in any order", () => {
    for (const { manifests } of goldenFiles) {
      const seen = manifests.toReversed().map((object) => ({
        ...object,
        status: { phase: "Active" },
        metadata: {
          ...object.metadata,
          ...written,
          labels: { "app.kubernetes.io/managed-by": "pulumi", ...object.metadata.labels },
          annotations: {
            ...object.metadata.annotations,
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
          },
        },
      }));
      expect(contentHash(seen as Manifest[])).toBe(contentHash(manifests));
    }
  });

  it("does not depend on texts of Secrets, but on their keys", () => {
    const secret = (data: Record<string, string>): Manifest => ({
      kind: "Secret",
      metadata: { name: "a" },
      data,
    });
    const hash = contentHash([secret({ one: "eA==", two: "eQ==" })]);
    expect(contentHash([secret({ two: "other", one: "texts" })])).toBe(hash);
    expect(contentHash([secret({ one: "eA==" })])).not.toBe(hash);
  });

  it("gives objects that a provider named names by what they hold, wherever these stand", () => {
    const objects = (name: string, text: string): Manifest[] => [
      {
        ...{ kind: "ConfigMap", data: { text } },
        metadata: { name, annotations: { "pulumi.com/autonamed": "true" } },
      },
      { kind: "Deployment", metadata: { name: "web" }, spec: { from: name } },
    ];
    expect(contentOf(objects("web-config-1a2b3c4d", "a"))).toEqual(
      contentOf(objects("web-config-99999999", "a")),
    );
    expect(contentHash(objects("web-config-1a2b3c4d", "a"))).not.toBe(
      contentHash(objects("web-config-1a2b3c4d", "b")),
    );
  });

  it("leaves an autoscaler's number of pods to it, and no other's", () => {
    const deployment = (replicas: number): Manifest => ({
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { replicas },
    });
    const scaler: Manifest = {
      ...{ kind: "HorizontalPodAutoscaler", metadata: { name: "web" } },
      spec: { scaleTargetRef: { name: "web" } },
    };
    expect(contentHash([deployment(2), scaler])).toBe(contentHash([deployment(4), scaler]));
    expect(contentHash([deployment(2)])).not.toBe(contentHash([deployment(4)]));
  });
});

describe("the files of an environment", () => {
  it.each(goldenFiles)(
    "of $name are one for each object but Secrets, each after what it needs",
    ({ manifests }) => {
      const files = environmentFiles(manifests);
      for (const [name, text] of Object.entries(files))
        expect(isEnvironmentFile(name, text), name).toBe(true);
      const names = Object.keys(files).filter((name) => name !== secretsFile);
      expect(names.length).toBe(manifests.filter(({ kind }) => kind !== "Secret").length);
      expect(names).toEqual(names.toSorted());
      expect(names[0]).toMatch(/^0-namespace-/);
      const rankOf = (kind: string) => names.findIndex((name) => name.includes(`-${kind}-`));
      expect(rankOf("networkpolicy")).toBeLessThan(rankOf("deployment"));
      expect(rankOf("service")).toBeLessThan(rankOf("deployment"));
      expect(Object.values(files).join("")).not.toMatch(/pulumi\.com|ownerReferences|"10\.96\.0\.10/);
    },
  );

  it("hold what the hash counts", () => {
    const manifests = manifestsOf("everything.yaml");
    expect(contentHash(applicable(manifests))).toBe(contentHash(manifests));
  });
});

interface Made {
  /** What kubectl was called with. */
  calls: string;
  texts: Record<string, string>;
  /** What the script complained of. */
  complaint: string;
}

/** What a shell makes of a script with a kubectl that writes down what it is given. */
function made(script: string, variables: Record<string, string>): Made {
  const folder = mkdtempSync(join(tmpdir(), "dynenv-script-"));
  try {
    const kubectl = `#!/bin/sh
printf '%s\\n' "$*" >>"${folder}/calls"
for word; do case $word in --from-file=*) from=\${word#--from-file=}; cp "\${from#*=}" "${folder}/text-\${from%%=*}";; esac; done
case $* in *"-f -"*|*--local*) cat >/dev/null;; esac
`;
    writeFileSync(join(folder, "calls"), "");
    writeFileSync(join(folder, "kubectl"), kubectl);
    writeFileSync(join(folder, "secrets.sh"), script);
    chmodSync(join(folder, "kubectl"), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}`, ...variables };
    const { stderr } = spawnSync("sh", [join(folder, "secrets.sh")], { env, encoding: "utf8" });
    const texts = readdirSync(folder)
      .filter((name) => name.startsWith("text-"))
      .map((name) => [name.slice(5), readFileSync(join(folder, name), "utf8")] as const);
    const calls = readFileSync(join(folder, "calls"), "utf8");
    return { calls, texts: Object.fromEntries(texts), complaint: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the script that makes Secrets", () => {
  const secret = (stringData: Record<string, string>): Manifest => ({
    ...{ kind: "Secret", stringData },
    metadata: { name: "api-secrets-1", labels: { "app.kubernetes.io/part-of": "dynenv" } },
  });

  it("makes the namespace first, then each Secret of texts that no list of processes shows", () => {
    const script = secretsScript("0-namespace-env-a.yaml", "env-a", [
      secret({ KEY: placeholderOf("API_KEY") }),
    ]);
    const { calls, texts } = made(script, { API_KEY: "open sesame" });
    expect(calls).toMatch(/^create -f 0-namespace-env-a\.yaml\n/);
    expect(calls).toContain("create secret generic api-secrets-1 --namespace env-a");
    expect(calls).toContain("label --local");
    expect(calls).not.toContain("sesame");
    expect(texts).toEqual({ KEY: "open sesame" });
  });

  it("passes any text on as it is, around and within a variable", () => {
    const text = fc
      .string({ unit: "binary", maxLength: 30 })
      .filter((one) => !/[\0\uE000\uE001\r]|\p{Cs}/u.test(one));
    const property = fc.property(text, text, text, (before, value, after) => {
      const script = secretsScript("0-n.yaml", "env-a", [
        secret({ KEY: `${before}${placeholderOf("A")}${after}` }),
      ]);
      expect(made(script, { A: value === "" ? "x" : value }).texts.KEY).toBe(
        `${before}${value === "" ? "x" : value}${after}`,
      );
    });
    fc.assert(property, { numRuns: 20 });
  });

  it.each(["it's", `"$HOME" $(id) \`id\``, "back\\slash", "-n", "%s", "two\nlines\n"])(
    "passes on %j",
    (text) => {
      const script = secretsScript("0-n.yaml", "env-a", [secret({ KEY: `${text}${placeholderOf("A")}` })]);
      expect(made(script, { A: text }).texts.KEY).toBe(`${text}${text}`);
    },
  );

  it("stops before anything is made where a text is missing, and makes up a password that any text will do for", () => {
    const needs = secretsScript("0-n.yaml", "env-a", [secret({ KEY: placeholderOf("API_KEY") })]);
    const { complaint, calls } = made(needs, {});
    expect(complaint).toContain("API_KEY: is the text of a secret: set it");
    expect(calls).toBe("");
    const any = secretsScript("0-n.yaml", "env-a", [
      secret({
        PASSWORD: placeholderOf("db-password", true),
        URL: `db://${placeholderOf("db-password", true)}@db`,
      }),
    ]);
    const { texts } = made(any, {});
    expect(texts.PASSWORD).toMatch(/^[0-9a-f]{32}$/);
    expect(texts.URL).toBe(`db://${texts.PASSWORD ?? ""}@db`);
    expect(made(any, { DB_PASSWORD: "mine" }).texts.PASSWORD).toBe("mine");
  });
});

it.each([
  [secretsFile, "#!/bin/sh\nexport TOKEN=mine\n"],
  ["1-todo-today.yaml", "- wash up\n"],
  ["4-deployment-web.yaml", ""],
])("a file of somebody's that is called %s is none of an environment", (name, text) => {
  expect(isEnvironmentFile(name, text)).toBe(false);
});
