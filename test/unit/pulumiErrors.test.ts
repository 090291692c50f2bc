import { describe, expect, it } from "vitest";
import { commandError } from "../../cli/pulumi/commandErrors.ts";
import { linesOf, reasonIn } from "../../cli/pulumi/engineEvents.ts";
import { refusedObject } from "../../cli/pulumi/refusedObject.ts";
import { refusedBy } from "../../cli/diagnosis/explained.ts";
import { isOfCaller, programError } from "../../cli/pulumi/programError.ts";

const resource =
  'resource "urn:pulumi:s::shop::a:b:C$kubernetes:core/v1:ConfigMap::preview-settings" was not successfully created by the Kubernetes API server:';

describe("an object that the API server does not take", () => {
  it.each([
    [
      `${resource} configmaps "settings" is forbidden: exceeded quota: team, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1`,
      {
        cause: "object-refused",
        service: "settings",
        object: "configmaps/settings",
        evidence: /^exceeded quota: team/,
      },
    ],
    [
      `${resource} ConfigMap "seed" is invalid: []: Too long: may not be more than 1048576 bytes`,
      { cause: "object-refused", service: "seed", evidence: /^Too long/ },
    ],
    [
      `${resource} Request entity too large: limit is 3145728`,
      { cause: "object-refused", service: "preview-settings", evidence: /^Request entity too large/ },
    ],
    [
      `the Kubernetes API server reported that "env-s/web" failed to fully initialize or become live: Service "web" is invalid: spec.clusterIP: Invalid value: "": field is immutable`,
      { cause: "object-refused", service: "web", evidence: /field is immutable$/ },
    ],
    [
      `${resource} roles.rbac.authorization.k8s.io "r" is forbidden: user "ci" (groups=[]) is attempting to grant RBAC permissions not currently held`,
      { cause: "object-refused", service: "r", object: "roles/r", evidence: /^user "ci"/ },
    ],
    [
      `${resource} deployments.apps "deals" is forbidden: ValidatingAdmissionPolicy 'team' with binding 'team' denied request: no owner`,
      { cause: "policy-refused", service: "deals", evidence: /denied request: no owner$/ },
    ],
    [
      `${resource} policy 'sidecar' with binding 'sidecar' denied request: no such key: image`,
      {
        cause: "policy-refused",
        service: "preview-settings",
        evidence: /denied request: no such key: image$/,
      },
    ],
  ])("%s", (message, { evidence, ...expected }) => {
    expect(refusedObject.test(message)).toBe(true);
    const found = refusedBy({ message });
    expect(found).toMatchObject(expected);
    expect(found?.evidence).toMatch(evidence);
  });

  it("is not one that it took, and that did not get ready", () => {
    const late = [
      "resource env-s/app was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: 'app' timed out waiting to be Ready",
      'the Kubernetes API server reported that "env-s/app" failed to fully initialize or become live: timed out',
    ];
    for (const message of late) {
      expect(refusedObject.test(message)).toBe(false);
      expect(refusedBy({ message })).toBeUndefined();
    }
  });
});

describe("the error of a program", () => {
  const announced = "Running program '/shop/index.ts' failed with an unhandled exception:";

  it("is named in the sentence that announces it", () => {
    const lines = [
      ...["/shop/index.ts:12", "const x = ;", "          ^", ""],
      ...["SyntaxError: Unexpected token ';'", "    at compile (node:internal/vm:1)"],
    ];
    expect(programError([announced, ...lines].join("\n"))).toBe(
      `${announced} SyntaxError: Unexpected token ';'`,
    );
  });

  it("is its first line where it names no error, and nothing where there is none", () => {
    expect(programError(`${announced}\nno such file`)).toBe(`${announced} no such file`);
    expect(programError(announced)).toBeUndefined();
    expect(programError("setting dynenv:ttl is wrong\nin line 2")).toBeUndefined();
  });
});

it.each([
  ['EphemeralEnvironment "preview": service "apis", which web uses, is not in the graph', true],
  ['definition.services["web"].build is 5 but must be an object of context', true],
  ["setting dynenv:ttl is 5 but must be a number of minutes", true],
  ['resource env-s/app was successfully created, but: "app" timed out', false],
  ['services "web" is forbidden: exceeded quota', false],
  ["Running program '/shop/index.ts' failed with an unhandled exception: Error: definition", false],
])("%j is the caller's to correct: %j", (error, isTheirs) => {
  expect(isOfCaller(error)).toBe(isTheirs);
});

describe("errors that are only counted", () => {
  const message = "2 errors occurred:\n\t* the API server refused it\n\t* a second reason\n\n";

  it("are told one by one, and the first is the reason", () => {
    expect(linesOf(message)).toEqual(["the API server refused it", "a second reason"]);
    expect(reasonIn(message)).toBe("the API server refused it");
    expect(commandError(`warning: a\nerror: ${message}`)).toBe("the API server refused it");
    expect(linesOf("one\n  two")).toEqual(["one", "  two"]);
    expect(reasonIn("2 errors occurred:")).toBe("2 errors occurred:");
  });
});
