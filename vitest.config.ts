import { globSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { sampleOf } from "./test/integration/sampleSeed.ts";

/** What is run for each commit: a real sample of the pipelines, and one of releases. */
const always = ["test/operations/pipelines.test.ts", "test/operations/diff.test.ts"];
const others = globSync("test/operations/*.test.ts", {
  cwd: import.meta.dirname,
  exclude: always,
}).sort();
/** These, and a quarter of the rest, drawn for each commit; npm run test:operations has all. */
const operations = [...always, ...sampleOf(others, Math.floor(others.length / 4))];

export default defineConfig({
  test: {
    reporters: ["default", "./test/countReporter.ts"],
    projects: [
      {
        test: {
          name: "static",
          include: ["test/static/**/*.test.ts"],
          globalSetup: "test/static/checkers.ts",
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          maxWorkers: 3,
          // Each file would load Pulumi anew.
          isolate: false,
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // What starts processes and servers, and so takes its time.
          name: "processes",
          include: ["test/processes/**/*.test.ts"],
          maxWorkers: 3,
          isolate: false,
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // 20,000 cases; npm run test:fuzz has a million.
          name: "fuzz",
          include: ["test/fuzz/**/*.test.ts"],
          setupFiles: ["test/fuzz/seed.ts"],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // One file, which changes the cluster itself: beside those that use none, since it waits most of its time.
          name: "alone",
          include: ["test/alone/wholeCluster.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", ...operations],
          globalSetup: "test/integration/cluster.ts",
          // Each file has names of its own in the cluster that they share.
          maxWorkers: 3,
          // Of tests that say that they may run side by side.
          maxConcurrency: 3,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          // How long things take, with nothing beside them.
          name: "times",
          include: ["test/alone/times.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          // Long, and so apart: npm run test:failures.
          name: "failures",
          include: ["test/failures/**/*.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          fileParallelism: false,
          maxConcurrency: 6,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // Long, and so apart: npm run test:pipelines.
          name: "pipelines",
          include: ["test/pipelines/**/*.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // Long, and so apart: npm run test:attacks.
          name: "attacks",
          include: ["test/attacks/**/*.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // Long, and so apart: npm run test:faults.
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          globalSetup: "test/integration/cluster.ts",
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
