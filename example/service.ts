import type { Service } from "../components/model/index.ts";

/** The application under test, as a node of the service graph. */
export const deals: Service = {
  name: "deals",
  port: 80,
  containerPort: 8080,
  healthPath: "/health",
  commitPath: "/version",
  uses: ["catalogue"],
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "192Mi" },
};

/** What runs the integration tests in the application's own image. */
export const tests = [{ command: ["node", "--test", "--test-isolation=none", "test/*.test.ts"] }];
