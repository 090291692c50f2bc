import { describe, expect, it } from "vitest";
import { EphemeralEnvironment, type EphemeralEnvironmentArgs } from "../../components/index.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";

const root = service("legacy", { user: 0, containerPort: 80 });
const create = (more: Partial<EphemeralEnvironmentArgs>) => () =>
  new EphemeralEnvironment("preview", {
    identity: { stack: "feature-login", project: "shop/legacy", ref: "main", commit: "9dff06f" },
    application: { ...root, image: `registry.example.com/shop/legacy@sha256:${"1".repeat(64)}` },
    tests: [{ command: ["test"] }],
    ...more,
  });

describe("a service that runs as root", () => {
  it("is refused in an environment that does not say so, in one sentence", async () => {
    const sentence =
      'user of service "legacy" is 0, which podSecurity restricted forbids: give it another one, such as 10001, or set podSecurity to baseline, which the line of lowest in ci/admission.yaml has to admit';
    for (const more of [{}, { podSecurity: "restricted" as const }])
      expect(await refusal(create(more))).toEqual({
        sentences: [`EphemeralEnvironment "preview": ${sentence}`],
        registered: [],
      });
  });

  it("runs under Pod Security baseline, with what runtimes give to root", async () => {
    const objects = objectsOf(await construct(create({ podSecurity: "baseline" })));
    const namespace = objects.find(({ kind }) => kind === "Namespace");
    expect(namespace?.metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "baseline",
      "pod-security.kubernetes.io/warn": "baseline",
    });
    const { securityContext, container } = servicePodSpec(root, [root]);
    expect(securityContext).toMatchObject({ runAsNonRoot: false, runAsUser: 0 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
  });

  it("leaves its neighbours as they are", () => {
    const { securityContext, container } = servicePodSpec(service("other"), [service("other"), root]);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(container.securityContext).toHaveProperty("capabilities", { drop: ["ALL"] });
  });
});

it("an unknown level is told in one sentence", async () => {
  const wrong = create({ podSecurity: "privileged" as "baseline" });
  const { sentences } = await refusal(wrong);
  expect(sentences).toEqual([
    'EphemeralEnvironment "preview": podSecurity is "privileged" but must be restricted or baseline',
  ]);
});
