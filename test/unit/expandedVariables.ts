import type { Variable } from "../../components/model/graph/environmentVariables.ts";

/** What a container reads once Kubernetes has put in what each text refers to, passwords as the owner's name. */
export function expanded(variables: Variable[]): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { name, value = "", valueFrom } of variables) {
    const text = value.replaceAll(/\$\$|\$\((\w+)\)/g, (whole, reference?: string) =>
      whole === "$$" ? "$" : (known[reference ?? ""] ?? whole),
    );
    known[name] = valueFrom === undefined ? text : valueFrom.secretKeyRef.name;
  }
  return known;
}
