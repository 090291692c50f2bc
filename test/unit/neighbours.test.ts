import { describe, expect, it } from "vitest";
import { EphemeralEnvironment, SockShop, type Service } from "../../components/index.ts";
import { construct } from "../golden/preview.ts";
import { objectsOf, templateOf } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";

const image = { repository: "shop/page", tag: "1", digest: `sha256:${"2".repeat(64)}` };
const page = { ...service("page", { softUses: [{ service: "deals" }] }), image };
const wanted = { catalogue: { services: [page], functions: {} }, services: ["page"] };

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
  new SockShop("x", { namespace: "staging", ...wanted, ...(neighbours && { neighbours }) });
const address = { name: "DEALS_ADDRESS", value: "deals:80" };

describe("a service of the catalogue that softly uses one beside it", () => {
  it("is told the neighbour's address, and the neighbour is not deployed with it", async () => {
    expect(await variablesOfPage(shop([service("deals")]))).toEqual({
      deployed: ["page"],
      variables: [address],
    });
  });

  it("is told nothing where there is no such neighbour", async () => {
    const nothing = { deployed: ["page"], variables: [] };
    expect(await variablesOfPage(shop([service("other")]))).toEqual(nothing);
    expect(await variablesOfPage(shop())).toEqual(nothing);
  });

  it("is told the application's address in an environment", async () => {
    const environment = () =>
      new EphemeralEnvironment("x", {
        ...{ stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
        image: `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`,
        ...{ application: service("deals"), testCommand: ["test"], ...wanted },
      });
    expect(await variablesOfPage(environment)).toEqual({
      deployed: ["deals", "page"],
      variables: [address],
    });
  });
});
