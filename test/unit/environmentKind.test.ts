import { describe, expect, it } from "vitest";
import { requireKind, type Owner } from "../../cli/environment/owner.ts";
import type { EnvironmentNamespace } from "../../cli/kubernetes/namespace.ts";
import type { StackState } from "../../cli/pulumi/state.ts";
import { markAnnotations, type Marks } from "../../components/model/objects/labels.ts";

const owner: Owner = { project: "team/a", stack: "shared" };

function namespace(marks: Partial<Marks> = {}): EnvironmentNamespace {
  return {
    ...{ name: "env-shared", uid: "1", created: new Date(0), isOurs: true, isTerminating: false },
    marks: { ...owner, ...marks },
  };
}

function stateOf(uid: string, marks: Partial<Marks> = owner): StackState {
  const resource = {
    ...{
      type: "kubernetes:core/v1:Namespace",
      urn: "urn:pulumi:shared::p::a$kubernetes:core/v1:Namespace::n",
    },
    inputs: { metadata: { annotations: markAnnotations(marks) } },
    outputs: { metadata: { name: "env-shared", uid } },
  };
  return { resources: [resource], pending: [] };
}

describe("an environment", () => {
  it("is not made into one of another kind", () => {
    const of = (kind: string) => ({ ...owner, kind });
    const [preview, standing] = [of("preview"), of("standing")];
    const marked = { kind: "standing" };
    const cases: [
      Owner & { kind: string },
      StackState | undefined,
      EnvironmentNamespace,
      RegExp | undefined,
    ][] = [
      [preview, stateOf("1"), namespace(), undefined],
      [standing, stateOf("1", { ...owner, ...marked }), namespace(marked), undefined],
      // Somebody took the mark away, and the next `up` gives it back.
      [standing, stateOf("1", { ...owner, ...marked }), namespace(), undefined],
      [
        standing,
        stateOf("1"),
        namespace(),
        /^namespace env-shared was made for a preview, .*dynenv down --stack shared/,
      ],
      [standing, undefined, namespace(), /^namespace env-shared was made for a preview/],
      [
        preview,
        undefined,
        namespace(marked),
        /^namespace env-shared is that of a standing .*Pulumi\.shared\.yaml/,
      ],
    ];
    for (const [wanted, state, found, refusal] of cases) {
      const check = () => {
        requireKind(wanted, state, found);
      };
      if (refusal === undefined) expect(check).not.toThrow();
      else expect(check).toThrow(refusal);
    }
  });
});
