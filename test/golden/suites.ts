import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import { suiteLogin } from "./passwords.ts";

const resources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "128Mi" },
};
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** An environment with several suites of tests, which use everything that there is for them. */
export const suites: EphemeralEnvironmentArgs = {
  identity: {
    ...{ stack: "suites", project: "shop/api", ref: "feature/suites" },
    commit: "0123456789abcdef0123456789abcdef01234567",
  },
  application: {
    ...{ name: "api", port: 80, containerPort: 8080, uses: ["database"], ...resources },
    image: `registry.example.com/shop/api@${digest("1")}`,
  },
  backing: {
    catalogue: {
      services: [
        {
          ...{ name: "database", port: 5432, containerPort: 5432, ...resources },
          image: { repository: "shop/database", tag: "1", digest: digest("3") },
        },
      ],
      functions: {},
    },
  },
  tests: [
    { command: ["npm", "test"] },
    {
      ...{ name: "end-to-end", image: `registry.example.com/shop/tests@${digest("6")}`, user: 1001 },
      ...{ variables: { LEVEL: "info" }, secrets: { LOGIN: suiteLogin } },
      ...{ requests: { cpu: "200m", memory: "512Mi" }, limits: { cpu: "2", memory: "2Gi" } },
      ...{ writablePaths: ["/tmp:2Gi", "/results"], results: "/results/junit.xml", withinSeconds: 900 },
    },
    { name: "schema", service: "database", command: ["psql", "--file", "/checks.sql"] },
  ],
};
