import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { backingServices, renamed, serviceOf, sockShop, withServices } from "../../components/index.ts";
import { addressVariables } from "../../components/model/graph/addresses.ts";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { checkGraph } from "../../components/model/graph/graph.ts";
import { isWithin } from "../../components/model/graph/folders.ts";
import { plan } from "../../components/model/plan.ts";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { backingStandIns, provideBackingImages } from "../../local/backingImages.ts";
import { expanded } from "./expandedVariables.ts";
import { catalogues, serviceUsing, service } from "./randomServices.ts";
import "./seed.ts";

const { services } = backingServices;
const names = services.map(({ name }) => name);
const user = (...uses: string[]) => service("user", { uses });

describe("the catalogue of backing services", () => {
  it("has services that are right, each under the name that applications use", () => {
    expect(names).toEqual([
      ...["postgres", "mysql", "mariadb", "redis", "valkey", "mongodb", "rabbitmq"],
      ...["mailpit", "s3"],
    ]);
    expect(() => {
      checkGraph(services);
    }).not.toThrow();
  });

  it.each(services.map((one) => [one.name, one] as const))(
    "gives %s's users a URL with its address, and the password that was generated for it",
    (name, one) => {
      const { services: deployed, backing } = plan({ application: user(name), catalogue: backingServices });
      expect(backing).toEqual([one]);
      const read = expanded(environmentVariables(user(name), deployed));
      const values = Object.keys(one.gives ?? {}).map((variable) => read[variable] ?? "");
      const urls = values.filter((value) => value.includes("://")).map((value) => new URL(value));
      expect(urls.length).toBeGreaterThan(0);
      const addresses = addressVariables(one).map(({ value }) => value);
      for (const { host, protocol, password } of urls) {
        expect(addresses).toContain(host);
        if (!["http:", "smtp:"].includes(protocol)) expect(password).toBe(`${name}-password`);
      }
      const takes = one.passwords !== undefined;
      expect(values.some((value) => value.includes(`${name}-password`))).toBe(takes);
    },
  );

  it.each(services.map((one) => [one.name, one] as const))(
    "runs %s as the image's account, whose files are in folders that it may write to",
    (_name, { user: account, environment = {}, writablePaths = [], passwords = {}, name, args = [] }) => {
      // The two images without an account run as any.
      expect(account).toBe(["mailpit", "s3"].includes(name) ? undefined : 999);
      expect(Object.values(passwords)).toEqual(Object.values(passwords).map(() => name));
      const { PGDATA } = environment;
      if (PGDATA !== undefined) expect(writablePaths.some((path) => isWithin(PGDATA, path))).toBe(true);
      // Whatever an argument refers to is one of the service's own variables.
      for (const [, reference = ""] of args.join(" ").matchAll(/\$\((\w+)\)/g))
        expect(Object.keys(passwords)).toContain(reference);
    },
  );

  it("has a stand-in for those that Debian has, and for those that are Go modules", () => {
    expect(backingStandIns).toEqual(["postgres", "mariadb", "redis", "rabbitmq", "mailpit", "s3"]);
  });

  it("has a stand-in of the store that is its published version", async () => {
    const { tag } = serviceOf(backingServices, "s3").image;
    const file = await readFile(join(projectRoot, "local", "tools", "versitygw", "go.mod"), "utf8");
    expect(file).toContain(`\nrequire github.com/versity/versitygw ${tag}\n`);
  });
});

const access = {
  registry: "r:5000",
  ...{ username: "u", password: "p", dockerHost: "d", folder: "/none", run: "/none" },
};
const work = { progress: () => undefined, signal: new AbortController().signal };

describe("a published image that is asked for", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is that of the catalogue's digest, or of the tag that is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
    try {
      const said = join(folder, "said");
      await writeFile(join(folder, "skopeo"), `#!/bin/sh\necho "$@" >>${said}\n`, { mode: 0o755 });
      vi.stubEnv("PATH", `${folder}:${process.env.PATH ?? ""}`);
      expect(await provideBackingImages(["mysql", "redis:7.2"], "published", access, work)).toEqual({});
      const { digest } = serviceOf(backingServices, "mysql").image;
      const copies = (await readFile(said, "utf8")).trim().split("\n");
      expect(copies.map((line) => line.split(" ").slice(-2))).toEqual([
        [`docker://docker.io/library/mysql@${digest ?? ""}`, "docker://r:5000/library/mysql:8.4.11"],
        ["docker://docker.io/library/redis:7.2", "docker://r:5000/library/redis:7.2"],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a stand-in that is asked for", () => {
  it.each([
    [
      "mysql",
      "mysql has no stand-in where library/mysql:8.4.11 is out of reach: only mailpit, mariadb, postgres, rabbitmq, redis, s3 have one",
    ],
    ["postgre", 'service "postgre" is not in the catalogue: did you mean postgres?'],
    ["redis:", 'the tag of redis is "" but must be a tag, such as 16.4'],
    ["redis:7:4", 'the tag of redis is "7:4" but must be a tag, such as 16.4'],
  ])("is refused before anything is done where there is none: %s", async (name, message) => {
    await expect(provideBackingImages(["postgres", name], "stand-in", access, work)).rejects.toThrow(
      new Failure("usage", message),
    );
  });
});

describe("a service of a catalogue", () => {
  it("is found by its name", () => {
    for (const name of names) expect(serviceOf(backingServices, name).name).toBe(name);
    expect(() => serviceOf(backingServices, "postgresql")).toThrow(
      new Error('service "postgresql" is not in the catalogue: did you mean postgres?'),
    );
  });

  it("is taken from several, of which the later one's wins", () => {
    const both = withServices(sockShop, services);
    expect(serviceOf(both, "rabbitmq")).toEqual(serviceOf(backingServices, "rabbitmq"));
    expect(both.services).toHaveLength(sockShop.services.length + services.length - 1);
    expect(both.functions).toEqual(sockShop.functions);
    expect(() => {
      checkGraph(both.services);
    }).not.toThrow();
  });

  it("takes the place of the one of its name, and of no other", () => {
    const image = { repository: "shop/page", tag: "1", digest: `sha256:${"1".repeat(64)}` };
    fc.assert(
      fc.property(catalogues, fc.nat(), (drawn, index) => {
        const all = drawn.map((one) => ({ ...one, image }));
        const changed = { ...all[index % all.length], replicas: 7 } as (typeof all)[number];
        const result = withServices({ services: all, functions: {} }, [changed]).services;
        expect(result).toHaveLength(all.length);
        for (const one of all)
          expect(result.find(({ name }) => name === one.name)).toBe(
            one.name === changed.name ? changed : one,
          );
      }),
    );
  });
});

describe("a service under another name", () => {
  it("takes its own passwords under that name, those of others as before, and nothing else differs", () => {
    fc.assert(
      fc.property(serviceUsing("before", ["other"]), (drawn) => {
        const { name, passwords, ...rest } = renamed(drawn, "after");
        const { name: _name, passwords: before, ...same } = drawn;
        expect(name).toBe("after");
        expect(rest).toEqual(same);
        const owners = Object.entries(before ?? {}).map(([variable, owner]) => [
          variable,
          owner === "before" ? "after" : owner,
        ]);
        expect(passwords).toEqual(before && Object.fromEntries(owners));
        expect(renamed(renamed(drawn, "after"), "before")).toEqual(drawn);
      }),
    );
  });

  it("runs beside the first, each with a password and a variable of its own", () => {
    const postgres = serviceOf(backingServices, "postgres");
    const archive = {
      ...renamed(postgres, "archive"),
      gives: { ARCHIVE_URL: "postgres://app:$(PASSWORD)@$(ADDRESS)/app" },
    };
    const application = user("postgres", "archive");
    const { services: deployed } = plan({ application, catalogue: withServices(backingServices, [archive]) });
    expect(expanded(environmentVariables(application, deployed))).toMatchObject({
      DATABASE_URL: "postgres://app:postgres-password@postgres:5432/app",
      ARCHIVE_URL: "postgres://app:archive-password@archive:5432/app",
    });
  });

  it("that is given by a spread alone is refused, since its password would be another's", () => {
    const spread = { ...serviceOf(backingServices, "redis"), name: "cache" };
    expect(() => {
      checkGraph([...services, spread]);
    }).toThrow('gives of service "cache" has $(PASSWORD) but the service takes no password of its own');
  });
});
