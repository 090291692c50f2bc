import { expect } from "vitest";
import { kubectl, kubectlApply, tryKubectl } from "./shell.ts";

/** A pod that Pod Security `restricted` admits and that fits an environment's quota. */
export function pod(
  name: string,
  spec: {
    image: string;
    command: string[];
    serviceAccountName?: string;
    pullSecret?: string;
    cpu?: string;
    resources?: undefined;
  },
) {
  const resources = { cpu: spec.cpu ?? "50m", memory: "64Mi" };
  const stated = "resources" in spec ? {} : { resources: { requests: resources, limits: resources } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/name": name } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      ...(spec.serviceAccountName !== undefined && { serviceAccountName: spec.serviceAccountName }),
      ...(spec.pullSecret !== undefined && { imagePullSecrets: [{ name: spec.pullSecret }] }),
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name,
          image: spec.image,
          command: spec.command,
          ...stated,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

/** A Secret with a login for the kubelet. */
export function pullSecret(name: string, server: string, username: string, password: string) {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type: "kubernetes.io/dockerconfigjson",
    stringData: {
      ".dockerconfigjson": JSON.stringify({ auths: { [server]: { username, password, auth } } }),
    },
  };
}

/** Puts an object into a namespace. */
export function inNamespace<T extends { metadata: object }>(namespace: string, object: T) {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Tries a TCP connection from inside a pod, which has Node. @returns `open` or the error's code. */
export async function connection(
  namespace: string,
  from: string,
  host: string,
  port: number,
): Promise<string> {
  const program = `
    const socket = require("node:net").connect({ host: "${host}", port: ${String(port)}, timeout: 3000 });
    socket.on("connect", () => { console.log("open"); process.exit(); });
    socket.on("timeout", () => { console.log("timeout"); process.exit(); });
    socket.on("error", (error) => { console.log(error.code); process.exit(); });`;
  return (await kubectl("exec", "-n", namespace, from, "--", "node", "--eval", program)).trim();
}

/** Waits until a pod's container waits for the given reason. @returns the message beside it. */
export async function waitingMessage(namespace: string, name: string, reason: string): Promise<string> {
  const state = ".status.containerStatuses[0].state.waiting";
  const condition = `--for=jsonpath={${state}.reason}=${reason}`;
  const { exitCode } = await tryKubectl("wait", "-n", namespace, `pod/${name}`, condition, "--timeout=40s");
  if (exitCode !== 0)
    throw new Error(
      `pod ${name} did not wait for ${reason}: ${await kubectl("describe", "pod", "-n", namespace, name)}`,
    );
  return kubectl(
    "get",
    "events",
    "-n",
    namespace,
    `--field-selector=involvedObject.name=${name}`,
    "-o",
    "jsonpath={.items[*].message}",
  );
}

/** Creates objects, all of which must be admitted. */
export async function create(...objects: object[]): Promise<void> {
  const { exitCode, output } = await kubectlApply(...objects);
  expect(exitCode, output).toBe(0);
}

/** Rolls Deployments at once, all of which must end well. @returns what the events of their namespace say. */
export async function rollAll(namespace: string, deployments: string[]): Promise<string> {
  await kubectl("rollout", "restart", "deployment", "-n", namespace);
  const rollOuts = deployments.map((name) =>
    kubectl("rollout", "status", `deployment/${name}`, "-n", namespace, "--timeout=120s"),
  );
  await Promise.all(rollOuts);
  const events = await kubectl("get", "events", "-n", namespace, "-o", "jsonpath={.items[*].message}");
  expect(events).toContain("Created pod");
  return events;
}
