import * as k8s from "@pulumi/kubernetes";
import type { Resource } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ServiceDeployment } from "../../components/index.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { constructPreview } from "../golden/preview.ts";
import { construct } from "../../rendering/construction.ts";
import { service } from "./randomServices.ts";

const uid = "00000000-0000-4000-8000-000000000000";
const owner = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  name,
  uid,
  blockOwnerDeletion: true,
});

it("a preview's namespace owns what makes pods, which thereby end once it is deleted, and nothing else", async () => {
  const manifests = manifestsOf(await constructPreview());
  const name = manifests.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "";
  const owned = manifests.filter(({ metadata }) => metadata.ownerReferences);
  expect(owned.map(({ kind }) => kind)).toEqual(["Deployment", "Deployment", "Deployment", "Job"]);
  for (const { metadata } of owned) expect(metadata.ownerReferences).toEqual([owner(name)]);
});

it.each([
  [
    "the namespace owns it",
    () => new k8s.core.v1.Namespace("shop", { metadata: { name: "shop" } }),
    [owner("shop")],
  ],
  ["nobody does", () => new k8s.core.v1.ConfigMap("shop", { metadata: { name: "shop" } }), undefined],
  ["nobody does", () => undefined, undefined],
])(
  "%s, depending on what a component is deleted with",
  async (_, deletedWith: () => Resource | undefined, owners) => {
    const constructed = await construct(() => {
      const resource = deletedWith();
      const args = {
        namespace: "shop",
        image: `registry.example.com/a@sha256:${"1".repeat(64)}`,
        service: service("a"),
      };
      return new ServiceDeployment("a", args, resource && { deletedWith: resource });
    });
    const [deployment] = manifestsOf(constructed).filter(({ kind }) => kind === "Deployment");
    expect(deployment?.metadata.ownerReferences).toEqual(owners);
  },
);
