import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { toYaml } from "../objects.ts";
import type { Contender } from "./contender.ts";

type Environment = Record<string, string>;

/** `kubectl apply`, and waits for the same that all others wait for. */
export function kubectl(env: Environment): Contender {
  return {
    name: "kubectl",
    options: "kubectl apply, kubectl wait; kubectl delete namespace",
    prepare: async ({ folder, namespace, objects }) => {
      const file = join(folder, "objects.yaml");
      await writeFile(file, toYaml(objects));
      const wait = `kubectl wait --namespace ${namespace} --timeout 300s --for condition`;
      const script = `kubectl apply -f objects.yaml && ${wait}=Available deployment --all && ${wait}=Complete job --all`;
      const up = { file: "bash", args: ["-c", script], cwd: folder, env };
      return { up, again: up, down: { ...up, file: "kubectl", args: ["delete", "namespace", namespace] } };
    },
  };
}

export function helm(env: Environment): Contender {
  return {
    name: "helm",
    options: "helm install|upgrade --wait --wait-for-jobs; helm uninstall --wait",
    prepare: async ({ folder, stack, objects }) => {
      await mkdir(join(folder, "templates"));
      await writeFile(
        join(folder, "Chart.yaml"),
        stringify({ apiVersion: "v2", name: "bench", version: "1.0.0" }),
      );
      // Braces would be a template's.
      const template = toYaml(objects).replaceAll("{{", '{{ "{{" }}');
      await writeFile(join(folder, "templates", "objects.yaml"), template);
      const run = (...args: string[]) => ({ file: "helm", args, cwd: folder, env });
      const wait = ["--namespace", "default", "--wait", "--wait-for-jobs", "--timeout", "300s"];
      return {
        up: run("install", stack, ".", ...wait),
        again: run("upgrade", stack, ".", ...wait),
        down: run("uninstall", stack, "--namespace", "default", "--wait", "--timeout", "300s"),
      };
    },
  };
}
