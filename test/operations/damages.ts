import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { backendFolder, kubectl, pulumi } from "../integration/shell.ts";

/** What a process leaves that is killed while it writes into a backend of files. */
async function cutOff(stack: string, ending: string): Promise<void> {
  await truncate(join(backendFolder, ".pulumi", "stacks", "dynenv", `${stack}${ending}`), 0);
}

/** What is wrong with an environment, and how it comes to be so. */
export const damages: [string, (stack: string) => Promise<unknown>][] = [
  ["has lost its state", (stack) => pulumi(["stack", "rm", "--force", "--yes", "--stack", stack])],
  ["has lost its namespace", (stack) => kubectl("delete", "namespace", `env-${stack}`)],
  [
    "loses its namespace at the moment",
    (stack) => kubectl("delete", "namespace", `env-${stack}`, "--wait=false"),
  ],
  ["has lost a Deployment", (stack) => kubectl("delete", "deployment", "deals", "-n", `env-${stack}`)],
  ["has lost a policy", (stack) => kubectl("delete", "networkpolicy", "--all", "-n", `env-${stack}`)],
  ["has lost its roles", (stack) => kubectl("delete", "rolebinding", "--all", "-n", `env-${stack}`)],
  ["has lost its tests", (stack) => kubectl("delete", "cronjob", "--all", "-n", `env-${stack}`)],
  ["has a state that was cut off", (stack) => cutOff(stack, ".json")],
  ["has a state whose attributes were cut off", (stack) => cutOff(stack, ".json.attrs")],
  [
    "has lost a part of its state",
    async (stack) => {
      const { stdout } = await pulumi(["stack", "export", "--stack", stack]);
      const urn = /"urn": "([^"]*Service::preview-deals-service)"/.exec(stdout)?.[1] ?? "";
      return pulumi(["state", "delete", urn, "--yes", "--stack", stack]);
    },
  ],
];

const patched = (object: string, path: string, value: unknown) => (stack: string) => {
  const patch = JSON.stringify([{ op: "replace", path, value }]);
  return kubectl("patch", object, "-n", `env-${stack}`, "--type=json", "-p", patch);
};

/** What somebody can change in an environment, which is put right in its place. */
export const changes: [string, (stack: string) => Promise<unknown>][] = [
  [
    "another image than it was given",
    (stack) => kubectl("set", "image", "deployment/deals", "deals=elsewhere/deals:1", "-n", `env-${stack}`),
  ],
  [
    "another test command",
    patched("cronjob/test", "/spec/jobTemplate/spec/template/spec/containers/0/command", ["true"]),
  ],
  ["a Service that leads nowhere", patched("service/catalogue", "/spec/selector", { nobody: "here" })],
  ["a quota without an end", patched("resourcequota/environment", "/spec/hard/pods", "999")],
  [
    "tests that may read Secrets",
    patched("role/test-runner", "/rules", [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }]),
  ],
  ["a policy that permits nothing", patched("networkpolicy/pods-deals", "/spec/egress", [])],
];
