// The oracle is the grammar of the distribution project's reference package, written as a parser, not as a pattern.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  byDigest,
  imagePattern,
  pathPattern,
  prefixPattern,
  isByTag,
  repositoryPath,
  repositoryPattern,
  taggedForm,
  taggedImage,
} from "../../components/model/rules/imageName.ts";
import "./seed.ts";

/** alpha-numeric [separator alpha-numeric]*, a separator being `.`, `_`, `__` or any number of `-`. */
function isPart(text: string): boolean {
  const words = text.split(/[._-]+/);
  const separators = text.split(/[a-z0-9]+/).slice(1, -1);
  const isSeparator = (one: string) => one === "." || one === "_" || one === "__" || /^-+$/.test(one);
  return words.every((word) => word !== "" && /^[a-z0-9]+$/.test(word)) && separators.every(isSeparator);
}

function isPath(text: string): boolean {
  return text.length <= 255 && text.split("/").every(isPart);
}

function isHost(text: string): boolean {
  const [name = "", port, ...rest] = text.split(":");
  const isLabel = (label: string) => /^[a-z0-9-]+$/i.test(label) && !/^-|-$/.test(label);
  const isPort = port === undefined || /^[0-9]{1,5}$/.test(port);
  return rest.length === 0 && isPort && name.split(".").every(isLabel);
}

function isRepository(text: string): boolean {
  const [host = "", ...path] = text.split("/");
  const isNamed = host.includes(".") || host.includes(":") || host === "localhost";
  return text.length <= 255 && isNamed && isHost(host) && path.length > 0 && isPath(path.join("/"));
}

const character = fc.constantFrom(...["a", "0", "z", ".", "_", "-", "/", ":", "A", "@", " ", "é", "\n"]);
const likely = fc.string({ unit: fc.constantFrom("a", "0", ".", "_", "-", "/"), maxLength: 12 });
const texts = fc.oneof(fc.string({ unit: character, maxLength: 12 }), likely);
const hosts = fc.constantFrom(
  "a.b",
  "localhost",
  "a:5",
  "a",
  "A.b",
  "a.b:99999",
  "-a.b",
  "a..b",
  "a.b:x",
  "a_b.c",
  "",
);

describe("a name", () => {
  it("is a path in a registry exactly as the grammar says", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(pathPattern.test(text)).toBe(isPath(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("is a repository with its registry exactly as the grammar says", () => {
    fc.assert(
      fc.property(hosts, texts, (host, path) => {
        const text = `${host}/${path}`;
        expect(repositoryPattern.test(text)).toBe(isRepository(text));
        expect(prefixPattern.test(text)).toBe(isHost(host) && isPath(path) && text.length <= 255);
      }),
      { numRuns: 3000 },
    );
  });

  it("is of a tag as Docker reads it", () => {
    const read = (reference: string) => Object.values(taggedImage(reference)).join(" ");
    expect(read("postgres:16")).toBe("docker.io library/postgres 16");
    expect(read("index.docker.io/library/postgres:16")).toBe("docker.io library/postgres 16");
    expect(read("grafana/k6:0.5")).toBe("docker.io grafana/k6 0.5");
    expect(read("ghcr.io/x/y:v1")).toBe("ghcr.io x/y v1");
    expect(read("localhost/x:v1")).toBe("localhost x v1");
    expect(read("registry:5000/x:v1")).toBe("registry:5000 x v1");
  });

  it("is of a tag with the registry, the path and the tag that it was made from", () => {
    const paths = likely.filter(isPath);
    fc.assert(
      fc.property(
        hosts.filter((host) => isRepository(`${host}/a`)),
        paths,
        (host, path) => {
          const reference = `${host}/${path}:v1.0`;
          expect(isByTag(reference)).toBe(true);
          expect(taggedImage(reference)).toEqual({ registry: host, path, tag: "v1.0" });
        },
      ),
    );
  });

  it.each(["postgres", "a.b/c", "a:1@sha256:1", "A:1", "a:", ":1", "a b:1", `a:${"x".repeat(129)}`])(
    "is neither of a tag nor of a digest: %s",
    (text) => {
      expect(isByTag(text)).toBe(false);
      expect(taggedForm.schema.safeParse(text).success).toBe(false);
    },
  );

  it.each([
    "../../etc/passwd",
    "a.b/../c",
    "--help",
    "-a",
    "a.b/-c",
    "a.b//c",
    "a.b/C",
    "a.b/",
    "a.b/c:1",
    "a.b",
    "a/b",
  ])("is not a repository: %s", (text) => {
    expect(repositoryPattern.test(text)).toBe(false);
  });

  it.each([
    "--help",
    "-x",
    "",
    "A",
    "a:",
    "a@sha256:1",
    "../a",
    "a b",
    "a:-1",
    `a:${"x".repeat(129)}`,
    "a//b",
  ])("is not an image: %s", (text) => {
    expect(imagePattern.test(text)).toBe(false);
    expect(byDigest.test(`${text}@sha256:${"0".repeat(64)}`)).toBe(false);
  });

  it.each([
    "node:24-slim",
    "docker.io/library/node",
    "localhost:5000/a/b:1",
    "[::1]:5000/a",
    "a__b/c--d/e.f",
  ])("is an image: %s", (text) => {
    expect(imagePattern.test(text)).toBe(true);
    expect(byDigest.test(`${text}@sha256:${"0".repeat(64)}`)).toBe(true);
  });

  it("takes no longer for a text that is made to be slow", () => {
    const begun = performance.now();
    for (const pattern of [byDigest, imagePattern, prefixPattern, repositoryPattern, pathPattern])
      for (const text of ["a".repeat(1e5), "a-".repeat(5e4), "-".repeat(1e5), "a.".repeat(5e4)])
        pattern.test(`${text}!`);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

const projects = fc.oneof(
  texts,
  fc.array(fc.string({ maxLength: 90 }), { maxLength: 4 }).map((parts) => parts.join("/")),
);

describe("the repository of a project", () => {
  it.each([
    ["shop/deals", "shop/deals"],
    ["acme/.github", /^acme\/github--[a-z2-7]{12}$/],
    ["acme/_x", /^acme\/x--[a-z2-7]{12}$/],
    ["Acme/Shop", /^acme\/shop--[a-z2-7]{12}$/],
    ["..", /^ref--[a-z2-7]{12}$/],
    ["a/../b", /^a\/ref\/b--[a-z2-7]{12}$/],
  ])("%s is %s", (project, expected) => {
    expect(repositoryPath(project)).toMatch(
      expected instanceof RegExp ? expected : new RegExp(`^${expected}$`),
    );
  });

  it("is valid, whatever the project is called, and its own", () => {
    fc.assert(
      fc.property(projects, projects, (one, other) => {
        const path = repositoryPath(one);
        expect(isPath(path)).toBe(true);
        expect(path.length).toBeLessThanOrEqual(180);
        fc.pre(one !== other);
        expect(path).not.toBe(repositoryPath(other));
        // Nor is it the name that another project has by itself.
        if (path !== one) expect(repositoryPath(path)).not.toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});
