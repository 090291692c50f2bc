import { sockShop } from "../components/index.ts";
import type { Definition, OwnService } from "../stacks/index.ts";

/** The application under test. */
export const deals = {
  port: 80,
  containerPort: 8080,
  healthPath: "/health",
  commitPath: "/version",
  uses: ["catalogue"],
  exposed: true,
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "192Mi" },
} satisfies OwnService;

/** The demo: an application that sells what Sock Shop's catalogue has, built from `context`. */
export function shop(context = "example"): Definition {
  return {
    application: "deals",
    services: { deals: { build: context, ...deals } },
    catalogue: sockShop,
    tests: [{ command: ["node", "--test", "--test-isolation=none", "test/*.test.ts"] }],
  };
}
