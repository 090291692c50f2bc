import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentNamespace } from "../../cli/kubernetes/namespace.ts";
import { Pinned, requireOurs, requireRemovable, type Owner } from "../../cli/environment/owner.ts";
import { requireEnvironmentIn, requireImageIn } from "../../cli/environment/stackContent.ts";
import type { StackState } from "../../cli/pulumi/state.ts";
import { markAnnotations, type Marks } from "../../components/model/objects/labels.ts";
import "./seed.ts";

const owner: Owner = { project: "team/a", stack: "shared" };
const other: Owner = { ...owner, project: "team/b" };

function namespace(
  marks: Partial<Marks> = {},
  more: Partial<EnvironmentNamespace> = {},
): EnvironmentNamespace {
  const common = { name: "env-shared", uid: "1", created: new Date(), isOurs: true, isTerminating: false };
  return { ...common, marks: { ...owner, ...marks }, ...more };
}

/** The state of a stack that made the namespace of that UID. */
function stateOf(uid: string, marks: Partial<Marks> = owner): StackState {
  const type = "kubernetes:core/v1:Namespace";
  const annotations = markAnnotations(marks);
  return {
    resources: [
      { type, urn: `${type}::x`, inputs: { metadata: { annotations } }, outputs: { metadata: { uid } } },
    ],
    pending: [],
  };
}

describe("a namespace", () => {
  it("is ours by its label, its stack and its project", () => {
    expect(() => {
      requireOurs(namespace(), owner);
    }).not.toThrow();
  });

  it.each([
    ["without the label", namespace({}, { isOurs: false }), "is not ours, since it lacks the label"],
    ["of another stack", namespace({ stack: "other" }), 'belongs to the stack "other", not to shared'],
    [
      "of another project",
      namespace({ project: "team/b" }),
      'belongs to the project "team/b", not to "team/a", says the mark dynenv/project: it stays as it is; who works for that project sets DYNENV_PROJECT to it',
    ],
    ["of no project", namespace({ project: "" }), 'belongs to the project "", not to "team/a"'],
  ])("%s is refused by its name", (_what, found, sentence) => {
    expect(() => {
      requireOurs(found, owner);
    }).toThrow(`namespace env-shared ${sentence}`);
    expect(() => {
      requireRemovable(owner, undefined, found);
    }).toThrow(sentence);
  });

  it("with any marks but the right ones is foreign, and the sentence is one line", () => {
    const unit = fc.integer({ min: 0, max: 0xffff });
    const mark = fc.array(unit, { maxLength: 120 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(mark, mark, (project, stack) => {
        fc.pre(project !== owner.project || stack !== owner.stack);
        let sentence = "";
        try {
          requireOurs(namespace({ project, stack }), owner);
        } catch (error) {
          sentence = (error as Error).message;
        }
        expect(sentence).toMatch(/^namespace env-shared belongs to /);
        expect(sentence).not.toMatch(/\p{Cc}/u);
        expect(sentence.length).toBeLessThan(500);
      }),
    );
  });
});

const nothing: StackState = { resources: [], pending: [] };

/** An environment, and an object that its program makes beside it. */
function withObject(namespace: string | undefined): StackState {
  const type = "kubernetes:core/v1:ConfigMap";
  const urn = `urn:pulumi:shared::dynenv::${type}::x`;
  const { resources, pending } = stateOf("1");
  return { resources: [...resources, { type, urn, outputs: { metadata: { namespace } } }], pending };
}

describe("a stack that holds something else", () => {
  const holding = (...types: string[]): StackState => ({
    resources: types.map((type) => ({ type, urn: `urn:pulumi:shared::dynenv::${type}::x` })),
    pending: [],
  });
  const stackItself = "pulumi:pulumi:Stack";
  const provider = "pulumi:providers:kubernetes";
  const bucket = "aws:s3/bucket:Bucket";
  /** The state of an environment's stack with something else in it. */
  const withOthers = (type: string): StackState => ({
    ...stateOf("1"),
    resources: [...stateOf("1").resources, ...holding(type).resources],
  });

  it("is no environment: it is neither removed nor updated", () => {
    const sentence =
      "stack shared holds one resource, such as aws:s3/bucket:Bucket, and not an environment: it stays as it is; choose another stack";
    for (const state of [holding(bucket), holding(stackItself, provider, bucket)]) {
      expect(() => {
        requireRemovable(owner, state, undefined);
      }).toThrow(sentence);
      // Nor when a namespace claims to be its environment's.
      expect(() => {
        requireRemovable(owner, state, namespace());
      }).toThrow(sentence);
      expect(() => {
        requireEnvironmentIn("shared", state);
      }).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
    }
  });

  it.each([
    ["nothing yet", holding(stackItself, provider)],
    [
      "an environment that was cut off",
      holding(stackItself, "dynamic-environments:index:EphemeralEnvironment"),
    ],
    ["an environment and an object of the program's own in its namespace", withObject("env-shared")],
    ["an environment and values that nothing but the state has", withOthers("random:index/uuid:Uuid")],
  ])("is not one with %s", (_what, state) => {
    expect(() => {
      requireRemovable(owner, state, undefined);
    }).not.toThrow();
  });

  it.each([
    ["a bucket", withOthers(bucket)],
    ["an object in another namespace", withObject("kube-system")],
    ["an object in no namespace", withObject(undefined)],
  ])("holds an environment and %s, which would go with it", (_what, state) => {
    expect(() => {
      requireRemovable(owner, state, undefined);
    }).toThrow(
      /^stack shared holds \S+ beside its environment: it stays as it is; keep in a stack of its own what is not in the namespace/,
    );
  });

  it("is one with values alone, which may be all that somebody has of them", () => {
    expect(() => {
      requireEnvironmentIn("shared", holding("random:index/randomPassword:RandomPassword"));
    }).toThrow(/^stack shared holds one resource, such as random:.*, and not an environment/);
  });

  it("is nobody else's where a run has made all that is in it; its environment may be pinned still", () => {
    expect(() => {
      requireRemovable(owner, withOthers(bucket), namespace(), { isAllOurs: true });
    }).not.toThrow();
    expect(() => {
      requireRemovable(owner, withOthers(bucket), namespace({ pinned: "yes" }), { isAllOurs: true });
    }).toThrow(Pinned);
    expect(() => {
      requireRemovable(other, withOthers(bucket), namespace(), { isAllOurs: true });
    }).toThrow(/belongs to the project/);
  });

  it("is no environment of its own after it was renamed: neither project nor pin would be asked", () => {
    const renamed = { ...owner, stack: "renamed" };
    expect(() => {
      requireRemovable(renamed, stateOf("1"), undefined);
    }).toThrow(
      'stack renamed holds the environment of the stack "shared", as after `pulumi stack rename`: it stays as it is; rename it back, or choose another stack',
    );
  });

  it("is no image's: neither one in a cluster nor one without an image", () => {
    const image = "dynamic-environments:index:ApplicationImage";
    for (const state of [
      undefined,
      nothing,
      holding(stackItself),
      holding(stackItself, image, "docker:index/image:Image"),
    ])
      expect(() => {
        requireImageIn("shared-image", state);
      }).not.toThrow();
    for (const state of [holding(bucket), holding(image, "kubernetes:core/v1:Namespace"), holding(provider)])
      expect(() => {
        requireImageIn("shared-image", state);
      }).toThrow(/^stack shared-image holds .*, and not an application's image/);
  });
});

describe("an environment", () => {
  it("is removed by the project that made it, also when its marks were edited or it has no namespace", () => {
    const edited = namespace({ project: "team/b", stack: "x" });
    for (const [state, found] of [
      [undefined, undefined],
      [undefined, namespace()],
      [stateOf("1"), namespace()],
      [stateOf("1"), edited],
      [stateOf("0"), undefined],
      [nothing, namespace()],
    ] as const)
      expect(() => {
        requireRemovable(owner, state, found);
      }).not.toThrow();
  });

  it("is not removed by another project, whatever of state and namespace there is", () => {
    for (const [state, found] of [
      [undefined, namespace()],
      [stateOf("1"), namespace()],
      [stateOf("1"), namespace({ project: "team/b" })],
      [stateOf("0"), undefined],
      [stateOf("0", other), namespace()],
    ] as const)
      expect(() => {
        requireRemovable(other, state, found);
      }).toThrow(/belongs to the project "team\/a", not to "team\/b"/);
  });

  it("of an environment that stands is removed by its name alone, whoever tells that it stands", () => {
    const standing = { kind: "standing" };
    const cases: [StackState | undefined, EnvironmentNamespace | undefined][] = [
      [undefined, namespace(standing)],
      [stateOf("1"), namespace(standing)],
      [stateOf("1", { ...owner, ...standing }), namespace()],
      [stateOf("1", { ...owner, ...standing }), undefined],
    ];
    for (const [state, found] of cases) {
      for (const meant of [{}, { isAllOurs: true }])
        expect(() => {
          requireRemovable(owner, state, found, meant);
        }).toThrow(
          "the environment of stack shared is a standing one: it stays; `dynenv down --stack shared --yes-remove shared` removes it, with all its data",
        );
      expect(() => {
        requireRemovable(owner, state, found, { isNamed: true });
      }).not.toThrow();
      expect(() => {
        requireRemovable(other, state, found, { isNamed: true });
      }).toThrow(/belongs to the project/);
    }
  });

  it("that is pinned is not removed, unless it is going anyway", () => {
    const pinned = { pinned: "demo on Friday, Ada" };
    for (const state of [undefined, stateOf("1")])
      expect(() => {
        requireRemovable(owner, state, namespace(pinned));
      }).toThrow(Pinned);
    expect(() => {
      requireRemovable(owner, undefined, namespace(pinned));
    }).toThrow(
      'namespace env-shared is kept by people, since its annotation dynenv/pinned is "demo on Friday, Ada": it stays; `kubectl annotate namespace env-shared dynenv/pinned-` lets it go',
    );
    expect(() => {
      requireRemovable(owner, undefined, namespace({ pinned: "false" }));
    }).not.toThrow();
    expect(() => {
      requireRemovable(owner, undefined, namespace(pinned, { isTerminating: true }));
    }).not.toThrow();
  });
});
