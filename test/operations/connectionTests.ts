import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Connectivity, openRows, podAddresses, type Row } from "../integration/connectivity.ts";
import { outside, startOutside } from "../integration/outside.ts";
import { create, inNamespace, pod, pullSecret } from "../integration/pods.ts";
import { podPorts, shopEdges } from "../integration/shopEdges.ts";
import { kubectl, shell, type Ended } from "../integration/shell.ts";

/** A shop that is up, and what its connections are tried with. */
interface ShopUnderTest {
  namespace: string;
  /** Image with Node. */
  image: string;
  /** Namespaces to be made: one without policies, and that of the ingress controller. */
  control: string;
  ingress: string;
  /** Takes an edge such as `front-end user` out of the graph. */
  dropEdge: (edge: string) => Promise<Ended>;
}

const services = Object.keys(podPorts);
const ports = [...new Set(Object.values(podPorts))];

/** What can be reached from where, tried from inside. */
export function connectionTests(shop: () => ShopUnderTest): void {
  describe("connections in the shop", () => {
    let table: Connectivity;
    let controls: Connectivity;
    let rows: Row[] = [];
    let open: string[] = [];
    let endOutside: () => Promise<void> = () => Promise.resolve();
    const places = async () =>
      [...(await podAddresses(shop().namespace))].map(([name, host]) => ({ name, host, ports }));

    beforeAll(async () => {
      endOutside = await startOutside();
      await probePods(shop().control, shop().image, ["client", "server"]);
      await probePods(shop().ingress, shop().image, ["controller"]);
      const runner = pod("test-runner", {
        image: shop().image,
        command: ["sleep", "600"],
        serviceAccountName: "test-runner",
      });
      await create(inNamespace(shop().namespace, runner));
      await kubectl(
        "wait",
        "-n",
        shop().namespace,
        "pod/test-runner",
        "--for=condition=Ready",
        "--timeout=60s",
      );
      const inShop = services.map((name) => ({
        name,
        namespace: shop().namespace,
        target: `deploy/${name}`,
      }));
      const runnerPod = { name: "test-runner", namespace: shop().namespace, target: "pod/test-runner" };
      table = await Connectivity.start([...inShop, runnerPod], ports);
      controls = await Connectivity.start(
        [
          { name: "client", namespace: shop().control, target: "pod/client" },
          { name: "server", namespace: shop().control, target: "pod/server" },
          { name: "controller", namespace: shop().ingress, target: "pod/controller" },
        ],
        ports,
      );
      rows = await table.rows(await places());
      open = openRows(rows);
    }, 180_000);

    afterAll(async () => {
      await Promise.all([table.end(), controls.end()]);
      await kubectl("delete", "pod", "test-runner", "-n", shop().namespace);
      await endOutside();
    });

    test("are open exactly where the graph has an edge, for all pairs and ports", async () => {
      expect(rows).toHaveLength((services.length + 1) * services.length * ports.length);
      const fromRunner = services.map((name) => `test-runner -> ${name}:${String(podPorts[name])}`);
      expect(open).toEqual([...shopEdges, ...fromRunner].sort());
      // Without policies each closed row's port is open, in the same minute and from the same node.
      const host = (await podAddresses(shop().control)).get("server") ?? "";
      const free = openRows(await controls.rows([{ name: "server", host, ports }]));
      const closed = new Set(rows.filter(({ isOpen }) => !isOpen).map(({ port }) => port));
      expect(free.filter((row) => row.startsWith("client"))).toEqual(
        [...closed].map((port) => `client -> server:${String(port)}`).sort(),
      );
    });

    test("from another namespace are closed, but for the ingress controller to what is exposed", async () => {
      expect(openRows(await controls.rows(await places()))).toEqual(["controller -> front-end:8079"]);
    });

    test("to what is outside are closed, but for what a service names", async () => {
      const api = (await kubectl("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")).trim();
      const node = new URL(await kubectl("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"));
      const addresses = [
        ...Object.entries(outside).map(([name, host]) => ({ name, host, ports: [80, 443] })),
        { name: "API server", host: api, ports: [443] },
        { name: "node", host: node.hostname, ports: [6443, 10250, 5000] },
        { name: "server", host: (await podAddresses(shop().control)).get("server") ?? "", ports },
      ];
      expect(openRows(await table.rows(addresses))).toEqual(["carts -> supplier:443"]);
      const all = addresses.flatMap(({ name, ports: tried }) =>
        tried.map((port) => `client -> ${name}:${String(port)}`),
      );
      const free = openRows(await controls.rows(addresses)).filter((row) => row.startsWith("client"));
      expect(free).toEqual(all.sort());
    });

    test("change in exactly one row when one edge is taken out of the graph", async () => {
      const { exitCode, output } = await shop().dropEdge("front-end user");
      expect(exitCode, output).toBe(0);
      const differences = async () => {
        const now = openRows(await table.rows(await places()));
        return [
          ...open.filter((row) => !now.includes(row)).map((row) => `closed: ${row}`),
          ...now.filter((row) => !open.includes(row)).map((row) => `opened: ${row}`),
        ];
      };
      // The node takes over a changed policy within a moment.
      await expect.poll(differences, { timeout: 20_000 }).toEqual(["closed: front-end -> user:8080"]);
    });
  });
}

async function probePods(namespace: string, image: string, names: string[]): Promise<void> {
  await kubectl("create", "namespace", namespace);
  const { CI_REGISTRY = "", CI_REGISTRY_USER = "", CI_REGISTRY_PASSWORD = "" } = shell;
  const run = { image, command: ["sleep", "600"], pullSecret: "pull" };
  const objects = [
    pullSecret("pull", CI_REGISTRY, CI_REGISTRY_USER, CI_REGISTRY_PASSWORD),
    ...names.map((name) => pod(name, run)),
  ];
  await create(...objects.map((object) => inNamespace(namespace, object)));
  await kubectl("wait", "-n", namespace, "--for=condition=Ready", "pod", "--all", "--timeout=60s");
}
