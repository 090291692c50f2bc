import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EphemeralEnvironment } from "../../components/index.ts";
import { checkGivenMetadata, withGiven } from "../../components/model/objects/givenMetadata.ts";
import { everything } from "../golden/everything.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf, titleOf } from "./kubernetesObjects.ts";
import "./seed.ts";

const check = (given: object) => () => {
  checkGivenMetadata(given);
};

const ends = "a b c X Y Z 0 1 9".split(" ");
const word = (length: number) =>
  fc
    .tuple(
      fc.constantFrom(...ends),
      fc.string({ unit: fc.constantFrom(...ends, "-", "_", "."), maxLength: length - 2 }),
      fc.constantFrom(...ends),
    )
    .map((parts) => parts.join(""));
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((parts) => `${parts.join(".")}.example`);
const key = fc
  .tuple(fc.option(domain), word(63))
  .map(([prefix, name]) => (prefix === null ? name : `${prefix}/${name}`));
const plain = { noNullPrototype: true, maxKeys: 5 };
const labels = fc.dictionary(key, fc.oneof(fc.constant(""), word(63)), plain);
const annotations = fc.dictionary(key, fc.string(), plain);

describe("labels and annotations that Kubernetes takes", () => {
  it("are taken", () => {
    fc.assert(
      fc.property(labels, annotations, (some, others) => {
        checkGivenMetadata({ labels: some, annotations: others });
      }),
    );
  });

  it("stay, and give way to an environment's own", () => {
    fc.assert(
      fc.property(labels, annotations, labels, annotations, (some, others, own, ownAnnotations) => {
        const all = withGiven(
          { labels: own, annotations: ownAnnotations },
          { labels: some, annotations: others },
        );
        expect(all).toMatchObject({ labels: own });
        expect(all.labels).toEqual({ ...some, ...own });
        expect(all.annotations).toEqual({ ...others, ...ownAnnotations });
      }),
    );
  });

  it("add no empty annotations", () => {
    expect(withGiven({ labels: { a: "b" } })).toEqual({ labels: { a: "b" } });
  });

  it("may be in another case, as annotations", () => {
    expect(check({ annotations: { "Example.com/Team": "shop" } })).not.toThrow();
    expect(check({ labels: { "Example.com/Team": "shop" } })).toThrow(/^labels has the key/);
  });
});

const keyRule =
  "but its keys must be at most 63 letters, digits, dashes, underscores and dots, behind a domain and a slash if need be, such as team or example.com/team";
const valueRule =
  "but must be at most 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends, such as shop";

describe("labels and annotations that Kubernetes refuses", () => {
  it.each(["", "-a", "a-", "a b", "a/b/c", "/a", "a/", "A_B.c/d", "x".repeat(64), "ä", "a\n"])(
    "are refused with a sentence: the key %j",
    (wrong) => {
      expect(check({ labels: { [wrong]: "x" } })).toThrow(
        new Error(`labels has the key ${JSON.stringify(wrong)} ${keyRule}`),
      );
      if (wrong !== "A_B.c/d")
        expect(check({ annotations: { [wrong]: "x" } })).toThrow(/^annotations has the key /);
    },
  );

  it.each(["-a", "a-", "a b", "a/b", "x".repeat(64), "ä", "a\n", 5, null, ["a"]])(
    "are refused with a sentence: the value %j",
    (wrong) => {
      expect(check({ labels: { team: wrong } })).toThrow(
        new Error(`labels["team"] is ${JSON.stringify(wrong)} ${valueRule}`),
      );
    },
  );

  it("are refused with a sentence: what is no text, no object, or too long", () => {
    expect(check({ annotations: { team: 5 } })).toThrow(
      new Error('annotations["team"] is 5 but must be a text, such as shop'),
    );
    expect(check({ labels: ["a"] })).toThrow(
      new Error('labels is ["a"] but must be an object from label to value, such as {"team": "shop"}'),
    );
    expect(check({ annotations: { a: "x".repeat(196_607) } })).not.toThrow();
    expect(check({ annotations: { a: "x".repeat(196_608) } })).toThrow(
      new Error("annotations have 196609 bytes but must have at most 196608: make them shorter"),
    );
    const hidden = JSON.parse('{"__proto__": "x"}') as object;
    expect(check({ labels: hidden })).toThrow(/^labels has the key "__proto__" /);
  });

  it.each([
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
    "dynenv/job",
    "dynenv/anything",
    "pod-security.kubernetes.io/enforce",
    "kubernetes.io/metadata.name",
    "pulumi.com/skipAwait",
    "cluster-autoscaler.kubernetes.io/safe-to-evict",
    "pod-template-hash",
    "batch.kubernetes.io/job-name",
  ])("are refused with a sentence: the reserved key %s", (reserved) => {
    const rest = `has the key ${reserved}, which is reserved for the environment itself: give it another one, such as example.com/team`;
    expect(check({ labels: { [reserved]: "x" } })).toThrow(new Error(`labels ${rest}`));
    expect(check({ annotations: { [reserved]: "x" } })).toThrow(new Error(`annotations ${rest}`));
  });
});

describe("an environment that uses everything", () => {
  it("has its labels and annotations on each object and on each pod", async () => {
    const objects = objectsOf(await construct(() => new EphemeralEnvironment("any", everything)));
    const all = objects.flatMap((object) => {
      const template = templateOf(object);
      const pod = template && { title: `pods of ${titleOf(object)}`, metadata: template.metadata };
      return [{ title: titleOf(object), metadata: object.metadata }, ...(pod ? [pod] : [])];
    });
    expect(all.length).toBeGreaterThan(30);
    for (const { title, metadata } of all) {
      expect(metadata.labels, title).toMatchObject(everything.labels);
      expect(metadata.annotations, title).toMatchObject(everything.annotations);
    }
  });
});
