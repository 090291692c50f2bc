import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkStackName,
  environmentStackOf,
  imageStackOf,
  imageTag,
  isStackName,
  looksComputed,
  namespaceName,
  stackName,
  type Identity,
} from "../../components/model/rules/names.ts";
import "./seed.ts";

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

const ref = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "binary", minLength: 300, maxLength: 300 }),
  fc.string({ unit: fc.constantFrom("/", "_", ".", " ", "-", "§", "日", "😀", "\u0301", "\ud800") }),
  fc.string({ unit: fc.constantFrom("a", "A", "0", "-", "/", "é", "ß", "İ"), maxLength: 300 }),
);
const identity: fc.Arbitrary<Identity> = fc.record({ project: ref, ref, key: ref });
/** What Pulumi accepts, and more than what an environment may be called. */
const pulumiStack = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/);

/** All texts of `length` characters out of `alphabet`. */
function words(alphabet: string[], length: number): string[] {
  if (length === 0) return [""];
  const shorter = words(alphabet, length - 1);
  return alphabet.flatMap((letter) => shorter.map((word) => letter + word));
}

const of = (refText: string): Identity => ({ project: "shop/deals", ref: refText, key: "9dff06f" });
const example = of("feature/Grüße_1");

describe("stack name", () => {
  it("is a DNS label of at most 40 characters, and its namespace one of at most 63", () => {
    fc.assert(
      fc.property(identity, (given) => {
        const stack = stackName(given);
        expect(stack).toMatch(label);
        expect(stack.length).toBeLessThanOrEqual(40);
        expect(namespaceName(stack)).toBe(`env-${stack}`);
      }),
    );
  });

  it("is known for one that was computed, as no name that people give is but by a form that they can leave", () => {
    fc.assert(
      fc.property(identity, (given) => {
        expect(looksComputed(stackName(given))).toBe(true);
      }),
    );
    for (const name of [
      "production",
      "staging",
      "client-qa",
      "qa-1",
      "shop-production",
      "eu-west-production-2",
    ])
      expect(looksComputed(name), name).toBe(false);
  });

  it("uses the room that it has, and no more", () => {
    expect(stackName(of("x".repeat(300)))).toMatch(/^x{27}-[a-z2-7]{12}$/);
    expect(stackName(of(`${"x".repeat(26)}/y`))).toMatch(/^x{26}-[a-z2-7]{12}$/);
  });

  it("stays the same from release to release, since it is how an environment is found again", () => {
    expect(stackName(example)).toBe("feature-gru-e-1-ynv4fcdhmq5z");
    expect(stackName({ ...example, ref: "///" })).toBe("ref-lgcsessuggyq");
  });

  it("differs between identities, whatever of them differs", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "/", ",", '"'), maxLength: 4 });
    const similar = fc.record({ project: short, ref: short, key: short });
    fc.assert(
      fc.property(similar, similar, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(stackName(one)).not.toBe(stackName(other));
      }),
    );
    const changed = [{ project: "shop/other" }, { ref: "main" }, { key: "" }];
    const names = [{}, ...changed].map((change) => stackName({ ...example, ...change }));
    expect(new Set(names).size).toBe(4);
  });
});

describe("stack name of refs that look alike", () => {
  it.each([
    ["a/b", "a-b"],
    ["Main", "main"],
    ["main", "main-"],
    ["main", "-main"],
    ["a--b", "a-b"],
    ["\u00e9", "e\u0301"],
    ["\u212b", "\u00c5"],
    ["\ud800", "\ud801"],
    ["", "ref"],
    ["x".repeat(40), "x".repeat(41)],
  ])("tells %j from %j", (one, other) => {
    expect(stackName(of(one))).not.toBe(stackName(of(other)));
  });

  it("differs between 16,807 of them, and so do the namespaces", () => {
    const refs = words(["a", "A", "-", "/", ".", "\u00e1", "\u0301"], 5);
    const stacks = new Set(refs.map((text) => stackName(of(text))));
    expect(refs).toHaveLength(16_807);
    expect(stacks.size).toBe(refs.length);
    expect(new Set([...stacks].map(namespaceName)).size).toBe(refs.length);
  });
});

describe("a given stack name", () => {
  it.each(["a", "A_b", "_", "9", "v1.2", "a..b", "x-", "image", "x-images", "a.json", "x".repeat(94)])(
    "may be %j",
    (name) => {
      expect(isStackName(name)).toBe(true);
    },
  );

  it.each([
    ...["", ".", "..", "...", ".a", "a.", "-", "-a", "--help", "-image", "x-image", "x-IMAGE"],
    ...["a/b", "../a", "a b", "a\n", "\na", "a\0", "ä", "a\u001b[2J", "a:b", "a\\b", "~", "x".repeat(95)],
  ])("is refused when it is %j", (name) => {
    expect(isStackName(name)).toBe(false);
    expect(() => {
      checkStackName("--stack", name);
    }).toThrow(/^--stack is .* but must be /);
  });

  it("names one file below any folder, is no option, and stays valid for Pulumi as an image's stack", () => {
    fc.assert(
      fc.property(fc.oneof(pulumiStack, ref), (name) => {
        fc.pre(isStackName(name));
        expect(relative("/folder", join("/folder", name))).toBe(name);
        expect(name).toMatch(/^[^-.].*$/);
        expect(imageStackOf(name)).toMatch(/^[A-Za-z0-9_.-]{1,100}$/);
      }),
    );
  });

  it("holds for every computed one, whatever the branch is called", () => {
    fc.assert(
      fc.property(
        identity,
        fc.constantFrom("", "-image", "/../-image", "..", "-"),
        ({ project, ref: branch, key }, end) => {
          expect(isStackName(stackName({ project, ref: `${branch}${end}`, key }))).toBe(true);
        },
      ),
    );
    expect(stackName(of("x-image"))).toMatch(/^x-image-[a-z2-7]{12}$/);
  });
});

describe("the stack of an image", () => {
  it("is known from its environment's stack and back, and is never an environment's itself", () => {
    fc.assert(
      fc.property(pulumiStack, (name) => {
        fc.pre(isStackName(name));
        expect(environmentStackOf(imageStackOf(name))).toBe(name);
        expect(isStackName(imageStackOf(name))).toBe(false);
        expect(environmentStackOf(name)).toBeUndefined();
      }),
    );
  });

  it.each(["concourse", "github-actions", "gitlab-ci"])("is called the same in ci/%s.yml", (file) => {
    const pipeline = readFileSync(`ci/${file}.yml`, "utf8");
    expect(pipeline).toContain(imageStackOf("$PULUMI_STACK"));
  });

  it.each(["-image", "..-image", "a-image-image", "image"])("is not %j", (name) => {
    expect(environmentStackOf(name)).toBeUndefined();
  });
});

describe("namespace name", () => {
  it("is a DNS label of at most 63 characters for every name that Pulumi accepts", () => {
    fc.assert(
      fc.property(pulumiStack, (stack) => {
        const namespace = namespaceName(stack);
        expect(namespace).toMatch(label);
        expect(namespace.startsWith("env-")).toBe(true);
        expect(namespace.length).toBeLessThanOrEqual(63);
      }),
    );
  });

  it("keeps a name that is a short label", () => {
    expect(namespaceName("staging-2")).toBe("env-staging-2");
    expect(namespaceName("x".repeat(59))).toBe(`env-${"x".repeat(59)}`);
    expect(namespaceName("x".repeat(60))).toMatch(/^env-x{45}--[a-z2-7]{12}$/);
  });

  it("differs between all names that look alike, also when they are cut", () => {
    const short = [1, 2, 3, 4, 5].flatMap((length) => words(["a", "A", "-", "_", ".", "0"], length));
    const long = short.map((word) => "x".repeat(55) + word);
    const namespaces = new Set([...short, ...long].map(namespaceName));
    expect(namespaces.size).toBe(2 * 9330);
  });

  it("of a name that is a namespace's own ending differs from that namespace", () => {
    fc.assert(
      fc.property(pulumiStack, (stack) => {
        const ending = namespaceName(stack).slice("env-".length);
        fc.pre(ending !== stack);
        expect(namespaceName(ending)).not.toBe(namespaceName(stack));
      }),
    );
  });
});

describe("image tag", () => {
  it("is one that registries accept, with and without changes that are not committed", () => {
    fc.assert(
      fc.property(ref, ref, fc.option(ref, { nil: undefined }), (branch, commit, dirty) => {
        expect(imageTag(branch, commit, dirty)).toMatch(tag);
      }),
    );
  });

  it("is the ref's slug and the commit, which is kept whole however long it is", () => {
    const commit = "0123456789abcdef".repeat(4);
    expect(imageTag("Feature/1", commit.slice(0, 40))).toBe(`feature-1-${commit.slice(0, 40)}`);
    expect(imageTag("Feature/1", commit)).toBe(`feature-1-${commit}`);
    expect(imageTag("x".repeat(300), commit)).toBe(`${"x".repeat(63)}-${commit}`);
  });

  it("ends with the beginning of the hash of what is not committed, and then still has the whole commit", () => {
    const commit = "0123456789abcdef".repeat(4);
    const change = "fedcba9876543210";
    expect(imageTag("main", "9dff06f", change)).toBe("main-9dff06f-dirty-fedcba987654");
    expect(imageTag("x".repeat(300), commit, change)).toBe(`${"x".repeat(44)}-${commit}-dirty-fedcba987654`);
  });

  it("uses the 128 characters that it may have, and no more", () => {
    const long = "a".repeat(300);
    expect(imageTag(long, long)).toHaveLength(128);
    expect(imageTag(long, long, long)).toHaveLength(128);
  });

  it("differs between commits, and between what is committed and what is not", () => {
    const hash = fc.stringMatching(/^[0-9a-f]{40}$/);
    fc.assert(
      fc.property(fc.uniqueArray(hash, { minLength: 4, maxLength: 4 }), ref, (hashes, branch) => {
        const [one = "", other = "", change = "", otherChange = ""] = hashes;
        const tags = [
          imageTag(branch, one),
          imageTag(branch, other),
          imageTag(branch, one, change),
          imageTag(branch, one, otherChange),
        ];
        expect(new Set(tags).size).toBe(4);
      }),
    );
  });
});
