import { lookRights } from "../../cli/access/lookRights.ts";
import { permissions, type Use } from "../../cli/access/permissions.ts";
import { code, markdownTable } from "./markdownTable.ts";

const uses: Record<Use, string> = {
  up: "`pulumi up`",
  down: "`pulumi destroy`",
  test: "tests",
  people: "`users`, `groups`",
  route: "`gateway`",
  ingress: "`ingressClass`",
  find: "no `gateway`",
  stay: "`kind: standing`",
};

/** What the CI identity must be allowed, and why. */
export function permissionTable(): string {
  const rows = permissions.map((permission) => [
    code(permission.resource),
    permission.apiGroup === "" ? "core" : permission.apiGroup,
    permission.verbs.join(", "),
    permission.scope === "cluster" ? "cluster" : "namespace",
    permission.uses.map((use) => uses[use]).join(", "),
    permission.why,
  ]);
  return markdownTable(["resource", "API group", "verbs", "where", "for", "why"], rows);
}

/** What people must be allowed who look into an environment, and why. */
export function lookRightTable(): string {
  const rows = lookRights.map(({ resource, apiGroup, verbs, looks, optional, why }) => [
    code(resource),
    apiGroup === "" ? "core" : apiGroup,
    verbs.join(", "),
    looks.map((look) => code(`dynenv ${look}`)).join(", "),
    optional ? "no" : "yes",
    why,
  ]);
  return markdownTable(["resource", "API group", "verbs", "for", "needed", "why"], rows);
}
