import { readFileSync } from "node:fs";
import { backingServices } from "dynamic-environments";
import { preview } from "dynamic-environments/stacks";
const files = { "/etc/orders/features.json": readFileSync("../config/features.json", "utf8") };
const shared = { files, secrets: ["PARTNER_API_KEY"] };
const args = { BASE: process.env.PYTHON_BASE ?? "python:3.12-slim" };

export default preview({
  application: "web",
  services: {
    web: {
      build: { context: "../web", args },
      port: 8080,
      exposed: true,
      healthPath: "/healthz",
      commitPath: "/version",
      uses: ["api"],
      environment: { API_URL: "http://api:3000" },
      ...shared,
    },
    api: {
      build: "../api",
      port: 3000,
      ports: { metrics: { port: 9100 } },
      healthPath: "/health",
      uses: ["postgres", "redis"],
      before: [["node", "migrate.mjs"]],
      secrets: ["PARTNER_API_KEY"],
    },
    worker: {
      build: { context: "../worker", args },
      uses: ["postgres", "redis"],
      tasks: { nightly: { command: ["python3", "nightly.py"], schedule: "0 3 * * *" } },
      ...shared,
    },
  },
  catalogue: backingServices,
  tests: [{ build: { context: "../tests", args }, secrets: ["PARTNER_API_KEY"] }],
  readiness: { service: "api" },
});
