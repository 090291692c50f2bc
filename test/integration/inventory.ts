import { execa } from "execa";

/** All objects of a cluster as `KIND NAMESPACE NAME`, but for the traces that its own controllers keep of them. */
export async function inventoryOf(env: Record<string, string>): Promise<string[]> {
  const kubectl = async (...args: string[]) => (await execa("kubectl", args, { env })).stdout;
  const kinds = (await kubectl("api-resources", "--verbs=list", "-o", "name"))
    .split("\n")
    .filter((kind) => !/^(events|leases)\b/.test(kind));
  const columns = "custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";
  const objects = await kubectl("get", kinds.join(","), "-A", "--no-headers", "-o", columns);
  // The widths of columns differ with what else there is.
  return objects
    .split("\n")
    .map((line) => line.replace(/ +/g, " "))
    .sort();
}
