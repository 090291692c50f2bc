import { V1ManagedFieldsEntry, V1Namespace, V1ObjectMeta } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namespaceName } from "../../components/model/rules/names.ts";
import { branchOf, readBranches, refsIn } from "../../cli/fleet/branches.ts";
import { factOf, table } from "../../cli/fleet/facts.ts";
import { environmentsOf, judgeAll } from "../../cli/fleet/fleet.ts";
import { markedNamespace } from "../../cli/fleet/namespaces.ts";
import { namesIn, stackFiles } from "../../cli/pulumi/stackNames.ts";
import { toldBy } from "../../cli/fleet/toldByState.ts";
import { exportedState } from "../../cli/pulumi/state.ts";
import { concerns } from "../../cli/fleet/survey.ts";
import { anyFleet, anyView, branches, hoursAgo, namespaceOf, now, view } from "./randomFleet.ts";
import "./seed.ts";

const joined = (stacks: string[], namespaces: string[]) =>
  environmentsOf(
    stacks,
    namespaces.map((stack) => namespaceOf(stack)),
  ).map(({ stack, hasStack, namespace }) => [stack, hasStack, namespace?.name]);

describe("stacks and namespaces", () => {
  it("are joined by name, and sorted", () => {
    expect(joined(["b", "a", "c"], ["d", "a", "B"])).toEqual([
      ["B", false, namespaceName("B")],
      ["a", true, "env-a"],
      ["b", true, undefined],
      ["c", true, undefined],
      ["d", false, "env-d"],
    ]);
  });

  it("leave the stack of an image to its environment", () => {
    expect(joined(["a", "a-image", "b-image", "c-image"], ["a", "c-image"])).toEqual([
      ["a", true, "env-a"],
      ["b", false, undefined],
      ["c-image", true, "env-c-image"],
    ]);
  });

  it("keep a namespace whose stack is not what it is named after", () => {
    const edited = namespaceOf("a", { marks: { stack: "b" } });
    expect(environmentsOf(["a"], [edited])).toEqual([{ stack: "a", hasStack: true, namespace: edited }]);
    expect(environmentsOf([], [edited])).toEqual([{ stack: "b", hasStack: false, namespace: edited }]);
  });

  it("are each there once, in an order that does not depend on theirs", () => {
    const stack = fc.stringMatching(/^[a-c](-image)?$/);
    fc.assert(
      fc.property(fc.uniqueArray(stack), fc.uniqueArray(stack), (stacks, namespaces) => {
        const environments = joined(stacks, namespaces);
        expect(joined(stacks.toReversed(), namespaces.toReversed())).toEqual(environments);
        expect(environments.filter(([, , name]) => name !== undefined)).toHaveLength(namespaces.length);
        // A namespace whose mark names the stack of an image does not tell its stack.
        const named = environments.map(([name, , namespace]) => (name === "" ? namespace : name));
        expect(new Set(named).size).toBe(named.length);
        for (const name of stacks)
          expect(named).toContain(named.includes(name) ? name : name.replace(/-image$/, ""));
      }),
    );
  });
});

describe("the list", () => {
  it("has one line for each environment, whatever its marks hold, and the same as data", () => {
    fc.assert(
      fc.property(anyFleet, anyView, fc.string({ unit: "binary" }), (fleet, someView, ref) => {
        const strange = {
          stack: "strange",
          hasStack: true,
          namespace: namespaceOf("strange", { marks: { ref } }),
        };
        const facts = judgeAll([...fleet, strange], someView).map(factOf);
        const lines = table(facts);
        expect(lines).toHaveLength(facts.length + 1);
        expect(lines.join("")).not.toMatch(/\p{Cc}/u);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
    );
  });

  it("says what is known", () => {
    const environment = { stack: "s", hasStack: true, namespace: namespaceOf("s") };
    expect(table(judgeAll([environment], view).map(factOf))).toEqual([
      "STACK  NAMESPACE  REF   COMMIT   CREATED               DEPLOYED  EXPIRES               VERDICT  REASON",
      "s      env-s      main  9dff06f  2026-03-10T11:00:00Z  -         2026-03-11T11:00:00Z  live     main exists",
    ]);
  });
});

describe("a line of the list", () => {
  it("stays one line, whatever a mark holds", () => {
    const [, line] = table([{ ref: "a\nb\u001bc", verdict: "live", reason: "it is", due: false }]);
    expect(line).toMatch(/ a\?b\?c .* live +it is$/);
  });
});

describe("git's answer", () => {
  it("tells its first error, and no login", async () => {
    const { signal } = new AbortController();
    const { problem } = await readBranches("https://me:token@127.0.0.1:1/shop.git", signal);
    expect(problem).toMatch(
      /^git cannot ask https:\/\/\*\*\*@127\.0\.0\.1:1\/shop\.git for its branches: unable to/,
    );
    expect(problem).not.toContain("token");
  });

  it("names branches and tags, each once", () => {
    const output = "1\trefs/heads/main\n2\trefs/heads/a/b\n3\trefs/tags/v1\n4\trefs/tags/v1^{}\nwarning: x\n";
    expect(refsIn(output)).toEqual(["refs/heads/main", "refs/heads/a/b", "refs/tags/v1"]);
    expect(refsIn("")).toEqual([]);
  });

  it("does not take a branch for gone that a CI system calls by its remote, too", () => {
    const known = { remote: "origin", names: new Set(["refs/heads/main"]) };
    const states = [
      "main",
      "refs/heads/main",
      "origin/main",
      "heads/main",
      "origin/other",
      "refs/heads/other",
    ];
    expect(states.map((ref) => branchOf(ref, known).state)).toEqual([
      ...["exists", "exists", "unknown", "unknown", "gone", "gone"],
    ]);
  });

  it("makes nothing gone that it could not know", () => {
    expect(branchOf("somebody/deals:login", branches).state).toBe("unknown");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.boolean(), (ref, hasProblem) => {
        const { state } = branchOf(ref, { ...branches, ...(hasProblem && { problem: "no answer" }) });
        if (state === "gone") expect(hasProblem || /[:\s~^?*[\\]|\.\./.test(ref)).toBe(false);
      }),
    );
  });
});

describe("the backend's answer", () => {
  it("names stacks and nothing that lies beside them", () => {
    const files = [
      "a.json",
      "a.json.attrs",
      "a.json.bak",
      "b.json.gz",
      "c.json.zst",
      "a.b_c-d.json",
      "tags",
      "a.pulumi-tags",
    ];
    expect(stackFiles(files)).toEqual(["a", "a.b_c-d", "b", "c"]);
  });

  it("names stacks of another organization by their own name", () => {
    expect(namesIn('[{"name": "b", "current": true}, {"name": "acme/a"}]')).toEqual(["a", "b"]);
  });

  const told = (exported: object) => toldBy(exportedState("s", JSON.stringify(exported)));

  it("tells the marks that a stack gave its namespace, and when it was updated", () => {
    const inputs = {
      metadata: { annotations: { "dynenv/project": "shop/deals", "dynenv/ttl": "4h", other: "x" } },
    };
    const resources = [
      { urn: "stack", type: "pulumi:pulumi:Stack" },
      { urn: "cluster", type: "pulumi:providers:kubernetes", inputs: { context: "ci" } },
      { urn: "namespace", type: "kubernetes:core/v1:Namespace", inputs },
    ];
    const deployment = { manifest: { time: "2026-03-10T12:00:00.123456789Z" }, resources };
    expect(told({ version: 3, deployment })).toEqual({
      marks: { project: "shop/deals", ttl: "4h" },
      updated: new Date("2026-03-10T12:00:00.123Z"),
      context: "ci",
    });
    const nothing = { marks: {}, updated: undefined, context: undefined };
    expect(told({ deployment: {} })).toEqual(nothing);
    expect(told({ version: 3 })).toEqual(nothing);
  });

  it("takes what is encrypted, or another's, for nothing", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const resources = [
      { urn: "a", type: "aws:s3:Bucket", inputs: "x", outputs: { metadata: "x", spec: 5 } },
      { urn: "b", type: "pulumi:providers:kubernetes", inputs: { context: secret } },
      {
        urn: "c",
        type: "kubernetes:core/v1:Namespace",
        inputs: { metadata: { annotations: { "dynenv/ref": secret, "dynenv/ttl": "4h" } } },
      },
    ];
    expect(told({ deployment: { resources } })).toEqual({
      marks: { ttl: "4h" },
      updated: undefined,
      context: undefined,
    });
  });

  it.each(["", "[]", '{"deployment": 5}', '{"deployment": {"resources": [{"type": "t"}]}}'])(
    "refuse a state of another form: %j",
    (text) => {
      expect(() => exportedState("s", text)).toThrow(
        /^the state of stack s has a form that is unknown: compare it/,
      );
    },
  );
});

describe("a namespace of the cluster", () => {
  const created = hoursAgo(5);
  const namespaceWith = (managedFields?: V1ManagedFieldsEntry[]) => {
    const metadata = Object.assign(new V1ObjectMeta(), {
      name: "env-s",
      uid: "u",
      creationTimestamp: created,
    });
    if (managedFields !== undefined) metadata.managedFields = managedFields;
    return markedNamespace(Object.assign(new V1Namespace(), { metadata }));
  };
  const entry = (time: Date | undefined, field: string) => {
    const fieldsV1 = { "f:metadata": { "f:annotations": { [field]: {} } } };
    return Object.assign(new V1ManagedFieldsEntry(), { fieldsV1, ...(time && { time }) });
  };

  it("tells when its marks were written, not when people pinned it", () => {
    const { marked } = namespaceWith([
      entry(hoursAgo(3), "f:dynenv/ttl"),
      entry(hoursAgo(1), "f:dynenv/pinned"),
    ]);
    expect(marked).toEqual(hoursAgo(3));
  });

  it("was marked when it was created, where the API server notes nothing else", () => {
    expect(namespaceWith().marked).toEqual(created);
    expect(namespaceWith([new V1ManagedFieldsEntry(), entry(undefined, "f:dynenv/ttl")]).marked).toEqual(
      created,
    );
  });
});

describe("a view", () => {
  it("is said to be incomplete, and a clock to be wrong, only where it is so", () => {
    expect(concerns(view, now)).toEqual([]);
    expect(concerns(view, new Date(now.getTime() + 299_000))).toEqual([]);
    expect(concerns(view, new Date(now.getTime() + 1_800_000))).toEqual([
      "the clock of this machine is 30 min ahead of the cluster's, which is the one that counts",
    ]);
    expect(concerns(view, hoursAgo(1))).toEqual([
      "the clock of this machine is 60 min behind the cluster's, which is the one that counts",
    ]);
    expect(concerns({ ...view, now: undefined, branches: { ...branches, problem: "no answer" } })).toEqual([
      "no answer: nothing is called orphaned",
      "the cluster does not tell its time: nothing is called expired",
    ]);
  });
});
