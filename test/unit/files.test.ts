import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
  EphemeralEnvironment,
  ServiceDeployment,
  type ServiceDeploymentArgs,
  type Trust,
} from "../../components/index.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf } from "./kubernetesObjects.ts";
import { openTexts, secretsOf } from "./registrations.ts";
import { service } from "./randomServices.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const files = { "/etc/deals/a.json": "{}", "/etc/deals/b.json": "[]" };
const secretFiles = { "/etc/deals/key.pem": pulumi.secret("battery") };

const build = (more: Partial<ServiceDeploymentArgs>) =>
  construct(
    () =>
      new ServiceDeployment("app", {
        namespace: "staging",
        image,
        service: service("deals", { files }),
        ...more,
      }),
  );

describe("the files of a service", () => {
  it("are in a ConfigMap and a Secret whose names change with them, each mounted at its path", async () => {
    const objects = objectsOf(await build({ secretFiles }));
    const maps = objects.filter(({ kind }) => ["ConfigMap", "Secret"].includes(kind));
    // Nobody but Pulumi names them: another content gets another name.
    expect(maps.filter(({ metadata }) => "name" in metadata)).toEqual([]);
    const held = maps.map(({ name, content }) => [name, content.data ?? content.stringData]);
    expect(held).toEqual([
      ["app-files-1234abcd", { "file-0": "{}", "file-1": "[]" }],
      ["app-secret-files-1234abcd", { "file-0": "battery" }],
    ]);
    const spec = objects.flatMap((object) => templateOf(object) ?? [])[0]?.spec;
    expect(spec?.volumes).toEqual([
      { name: "files", configMap: { name: "app-files-1234abcd" } },
      { name: "secret-files", secret: { secretName: "app-secret-files-1234abcd", defaultMode: 0o440 } },
    ]);
    const mount = (name: string, mountPath: string, subPath: string) => ({
      ...{ name, mountPath, subPath },
      readOnly: true,
    });
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      mount("files", "/etc/deals/a.json", "file-0"),
      mount("files", "/etc/deals/b.json", "file-1"),
      mount("secret-files", "/etc/deals/key.pem", "file-0"),
    ]);
  });

  it("that are secret are nowhere in clear", async () => {
    const constructed = await build({ secretFiles: { "/etc/key.pem": "correct-horse" } });
    expect(secretsOf(constructed)).toEqual({ "Secret app-secret-files": [{ "file-0": "correct-horse" }] });
    expect(openTexts(constructed)).not.toContain("correct-horse");
  });

  it("are those of the Job that fills it, too", async () => {
    const seed = { command: ["fill"] };
    const objects = objectsOf(await build({ service: service("deals", { files, seed }) }));
    const jobs = objects.filter(({ kind }) => kind === "Job").flatMap((job) => templateOf(job) ?? []);
    const [container] = jobs[0]?.spec.containers ?? [];
    expect(container?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(Object.keys(files));
  });

  it.each<[Trust, number]>([
    ["trusted", 1],
    ["fork", 0],
  ])("that are secret are left out with trust fork: %s", async (trust, count) => {
    const constructed = await construct(
      () =>
        new EphemeralEnvironment("preview", {
          identity: { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
          application: { ...service("deals"), image, secretFiles: { "/etc/key.pem": "correct-horse" } },
          tests: [{ command: ["test"] }],
          trust,
        }),
    );
    const found = Object.values(secretsOf(constructed)).flat();
    expect(found.filter((secret) => JSON.stringify(secret).includes("correct-horse"))).toHaveLength(count);
  });
});

describe("a wrong file", () => {
  const rule = "the absolute path of a file that is not the system's, such as /etc/app/settings.json";

  it.each(["", "a.json", "/", "/a/../b", "/etc", "/proc/x", "/etc/hosts", "/dev/x", "/a:b"])(
    "at %j is told in one sentence",
    (path) => {
      expect(() => {
        checkServices([service("a", { files: { [path]: "" } })]);
      }).toThrow(`of service "a" must have as its key ${rule}`);
      const secret = () =>
        new ServiceDeployment("x", {
          ...{ namespace: "staging", image, service: service("a") },
          secretFiles: { [path]: "x" },
        });
      expect(secret).toThrow(
        `secretFiles of service "a" has the key ${JSON.stringify(path)} but its keys must be ${rule}`,
      );
    },
  );

  it.each<[string, Partial<Service>, string]>([
    [
      "within another one",
      { files: { "/a": "", "/a/b": "" } },
      "names /a/b, which is in the way of its file /a: give one of them another path",
    ],
    [
      "in the place of a folder",
      { files: { "/data": "" }, writablePaths: ["/data/db:1Gi"] },
      "names /data, where its folder /data/db is: give one of them another path",
    ],
    [
      "among those of its seed",
      { files: { "/seed/a": "" }, seed: { command: ["a"], files: { b: "" } } },
      "names /seed/a, where its seed's files are: give it another path, such as /etc/app/settings.json",
    ],
  ])("%s is told in one sentence", (_what, more, sentence) => {
    expect(() => {
      checkServices([service("a", more)]);
    }).toThrow(new Error(`files of service "a" ${sentence}`));
  });

  it("that is at once open and secret is told in one sentence", () => {
    const both = () =>
      new ServiceDeployment("x", {
        ...{ namespace: "staging", image, service: service("a", { files: { "/a": "" } }) },
        secretFiles: { "/a": "x" },
      });
    expect(both).toThrow('secretFiles of service "a" names /a, which is in the way of its file /a');
  });

  it("that was no text is refused before anything is created", () => {
    const image = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("utf8");
    const sentence =
      "has the character U+FFFD, which stands for bytes that are no text in UTF-8: bring what is no text with an image";
    expect(() => {
      checkServices([service("a", { files: { "/a.png": image } })]);
    }).toThrow(new Error(`"/a.png" of files of service "a" ${sentence}`));
    expect(() => {
      checkServices([service("a", { seed: { command: ["a"], files: { b: image } } })]);
    }).toThrow(new Error(`"b" of seed.files of service "a" ${sentence}`));
  });

  it("longer than an object may be is refused before anything is created", () => {
    const large = { "/a": "x".repeat(2 ** 20 + 1) };
    expect(() => {
      checkServices([service("a", { files: large })]);
    }).toThrow(/^files of service "a" have 1048577 bytes but must have at most 1048576/);
    const secret = () =>
      new ServiceDeployment("x", {
        ...{ namespace: "staging", image, service: service("a"), secretFiles: large },
      });
    expect(secret).toThrow(/secretFiles of service "a" have 1048577 bytes/);
  });
});
