import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeImage } from "../failures/environment.ts";
import { type Beside, besidePod } from "../integration/besidePod.ts";
import { Connectivity, openRows, podAddresses, type Row } from "../integration/connectivity.ts";
import { outside, startOutside } from "../integration/outside.ts";
import { create, inNamespace, pod, pullSecret } from "../integration/pods.ts";
import { podPorts, shopEdges } from "../integration/shopEdges.ts";
import { kubectl, shell, uniqueName, type Ended } from "../integration/shell.ts";
import { gateway } from "../integration/testGateway.ts";

/** A shop that is up, and what its connections are tried with. */
interface ShopUnderTest {
  namespace: string;
  /** Image with Node. */
  image: string;
  /** Namespaces to be made: one without policies, and one of pods that have the labels of the gateway's. */
  control: string;
  impostors: string;
  /** Takes an edge such as `front-end user` out of the graph. */
  dropEdge: (edge: string) => Promise<Ended>;
}

const services = Object.keys(podPorts);
const ports = [...new Set(Object.values(podPorts))];
/** What the gateway's pods listen on: requests, requests over TLS, and whether they are well. */
const gatewayPorts = [gateway.inside.podPort ?? gateway.inside.port, 8443, 8080];
/** A pod in the gateway's namespace that is none of the gateway's. */
const bystander = uniqueName("bystander");

/** What can be reached from where, tried from inside. */
export function connectionTests(shop: () => ShopUnderTest): void {
  describe("connections in the shop", () => {
    let table: Connectivity;
    let controls: Connectivity;
    let fromGateway: Connectivity;
    let besideGateway: Beside;
    let gatewayHost = "";
    let rows: Row[] = [];
    let open: string[] = [];
    let endOutside: () => Promise<void> = () => Promise.resolve();
    const places = async () =>
      [...(await podAddresses(shop().namespace))].map(([name, host]) => ({ name, host, ports }));

    beforeAll(async () => {
      endOutside = await startOutside();
      await probePods(shop().control, shop().image, ["client", "server"]);
      await probePods(shop().impostors, shop().image, [impostor]);
      const ofGateway = await gatewayPod();
      gatewayHost = ofGateway.host;
      besideGateway = await besidePod(gateway.pods.namespace, ofGateway.name, nodeImage());
      await create(inNamespace(gateway.pods.namespace, pod(bystander, { image: nodeImage(), ...waiting })));
      await ready(gateway.pods.namespace, `pod/${bystander}`);
      const runner = pod("test-runner", {
        image: shop().image,
        ...waiting,
        serviceAccountName: "test-runner",
      });
      await create(inNamespace(shop().namespace, runner));
      await ready(shop().namespace, "pod/test-runner");
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
          { name: "impostor", namespace: shop().impostors, target: `pod/${impostor}` },
          { name: "bystander", namespace: gateway.pods.namespace, target: `pod/${bystander}` },
        ],
        ports,
      );
      const { namespace } = gateway.pods;
      const prober = { name: "gateway", target: `pod/${ofGateway.name}`, container: besideGateway.name };
      fromGateway = await Connectivity.start([{ ...prober, namespace }], []);
      rows = await table.rows(await places());
      open = openRows(rows);
    }, 180_000);

    afterAll(async () => {
      await Promise.all([table.end(), controls.end(), fromGateway.end()]);
      await besideGateway.end();
      await kubectl("delete", "pod", "test-runner", "-n", shop().namespace);
      await kubectl("delete", "pod", bystander, "-n", gateway.pods.namespace);
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

    test("from another namespace are closed, also from that of the gateway, and with its labels", async () => {
      expect(openRows(await controls.rows(await places()))).toEqual([]);
    });

    test("from the gateway lead to what is exposed alone, until a policy admits more", async () => {
      const row = "gateway -> front-end:8079";
      const reached = async () => openRows(await fromGateway.rows(await places()));
      expect(await reached()).toEqual([row]);
      await create(inNamespace(shop().namespace, admitsGateway("catalogue", 8080)));
      try {
        await expect.poll(reached, { timeout: 20_000 }).toEqual(["gateway -> catalogue:8080", row]);
      } finally {
        await kubectl("delete", "networkpolicy", "admits-gateway", "-n", shop().namespace);
      }
      await expect.poll(reached, { timeout: 20_000 }).toEqual([row]);
    });

    test("to the gateway are closed, but for the question whether addresses answer", async () => {
      const place = [{ name: "gateway", host: gatewayHost, ports: gatewayPorts }];
      const asked = `gateway:${String(gatewayPorts[0])}`;
      expect(openRows(await table.rows(place))).toEqual([`test-runner -> ${asked}`]);
      const free = openRows(await controls.rows(place)).filter((row) => row.startsWith("client"));
      expect(free).toEqual(gatewayPorts.map((port) => `client -> gateway:${String(port)}`).sort());
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

const waiting = { command: ["sleep", "600"] };

/** Its name becomes its label: that of the gateway's pods. */
const impostor = gateway.pods.labels["app.kubernetes.io/name"] ?? "";

async function gatewayPod(): Promise<{ name: string; host: string }> {
  const { namespace, labels } = gateway.pods;
  const selector = Object.entries(labels)
    .map((label) => label.join("="))
    .join();
  const columns = "jsonpath={.items[0].metadata.name} {.items[0].status.podIP}";
  const [name = "", host = ""] = (
    await kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", columns)
  ).split(" ");
  return { name, host };
}

/** A policy that no environment has: the gateway may call a service that is not exposed. */
function admitsGateway(service: string, port: number) {
  const { namespace, labels } = gateway.pods;
  const from = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: labels },
  };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "admits-gateway" },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": service } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [from], ports: [{ protocol: "TCP", port }] }],
    },
  };
}

async function ready(namespace: string, ...pods: string[]): Promise<void> {
  await kubectl("wait", "-n", namespace, "--for=condition=Ready", ...pods, "--timeout=60s");
}

async function probePods(namespace: string, image: string, names: string[]): Promise<void> {
  await kubectl("create", "namespace", namespace);
  const { CI_REGISTRY = "", CI_REGISTRY_USER = "", CI_REGISTRY_PASSWORD = "" } = shell;
  const run = { image, ...waiting, pullSecret: "pull" };
  const objects = [
    pullSecret("pull", CI_REGISTRY, CI_REGISTRY_USER, CI_REGISTRY_PASSWORD),
    ...names.map((name) => pod(name, run)),
  ];
  await create(...objects.map((object) => inNamespace(namespace, object)));
  await ready(namespace, "pod", "--all");
}
