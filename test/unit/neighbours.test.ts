import { describe, expect, it } from "vitest";
import {
  EphemeralEnvironment,
  BackingServices,
  type CatalogueService,
  type Service,
} from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";

const image = { repository: "shop/page", tag: "1", digest: `sha256:${"2".repeat(64)}` };
const page = { ...service("page", { optionalUses: [{ service: "deals" }] }), image };
const deals = { ...service("deals"), image };
const catalogue = (...services: CatalogueService[]) => ({
  catalogue: { services, functions: {} },
  names: ["page"],
});
const wanted = catalogue(page);

async function variablesOfPage(build: () => unknown) {
  const objects = objectsOf(await construct(build));
  const deployments = objects.filter(({ kind }) => kind === "Deployment");
  const found = deployments.find(({ name }) => name === "page");
  return {
    deployed: deployments.map(({ name }) => name).sort(),
    variables: found && templateOf(found)?.spec.containers[0]?.env,
  };
}

const shop = (neighbours?: Service[]) => () =>
  new BackingServices("x", { namespace: "staging", ...wanted, ...(neighbours && { neighbours }) });
const address = { name: "DEALS_ADDRESS", value: "deals:80" };

describe("a service of the catalogue that may use one beside it", () => {
  it("is told the neighbour's address, and the neighbour is not deployed with it", async () => {
    expect(await variablesOfPage(shop([service("deals")]))).toEqual({
      deployed: ["page"],
      variables: [address],
    });
  });

  it("is told nothing where that is a service of the catalogue which is not deployed", async () => {
    const build = () => new BackingServices("x", { namespace: "staging", ...catalogue(page, deals) });
    expect(await variablesOfPage(build)).toEqual({ deployed: ["page"], variables: [] });
  });

  it.each<[string, Service[] | undefined, string]>([
    ["where there is no neighbour", undefined, "known are page"],
    ["where another one is the neighbour", [service("other")], "known are other, page"],
    ["where it is misspelt", [service("deal")], "did you mean deal?"],
  ])("is refused %s", async (_where, neighbours, rest) => {
    const sentence = `BackingServices "x": service "deals", which page may use, is not known: ${rest}`;
    expect(await refusal(shop(neighbours))).toEqual({ sentences: [sentence], registered: [] });
  });

  it("takes its password only where it is deployed", async () => {
    const taking = { ...page, passwords: { PASSWORD: "deals" } };
    const build = (names: string[]) => () =>
      new BackingServices("x", { namespace: "staging", ...catalogue(taking, deals), names });
    const secretKeyRef = { name: "deals-password", key: "password" };
    expect(await variablesOfPage(build(["page"]))).toEqual({ deployed: ["page"], variables: [] });
    expect(await variablesOfPage(build(["page", "deals"]))).toEqual({
      deployed: ["deals", "page"],
      variables: [address, { name: "PASSWORD", valueFrom: { secretKeyRef } }],
    });
  });

  it("is told the application's address in an environment", async () => {
    const environment = () =>
      new EphemeralEnvironment("x", {
        identity: { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
        application: {
          ...service("deals"),
          image: `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`,
        },
        backing: wanted,
        tests: [{ command: ["test"] }],
      });
    expect(await variablesOfPage(environment)).toEqual({
      deployed: ["deals", "page"],
      variables: [address],
    });
  });
});
