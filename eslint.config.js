import { posix } from "node:path";
import pulumi from "@pulumi/eslint-plugin";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { folderOf, rooms } from "./test/static/rooms.ts";

/** Forbids in a room all imports of ours from rooms that it may not enter. */
function walls([room, { enters }]) {
  const folder = folderOf(room);
  const escaped = (path) => path.replaceAll(".", "\\.");
  const open = enters.map((other) => {
    const path = posix.relative(folder, other);
    const start = path.startsWith(".") ? path : `./${path}`;
    return other.endsWith(".ts") ? escaped(start) : `${escaped(start)}/[^/]+`;
  });
  const message = `${folder} may import from its own folder and ${enters.join(", ") || "no other"}; see test/static/rooms.ts.`;
  const regex = `^(?!(?:\\./[^/]+|${open.join("|") || "\\./[^/]+"})$)\\.`;
  return {
    files: [`${folder}/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] },
  };
}

export default defineConfig(
  // Pulumi checks the types of bench/plain as it starts it, which is what is measured.
  { ignores: ["node_modules", "**/dist", "**/*.js", "**/*.mjs", "bench/plain"] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 80],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A component registers itself with the engine; nothing needs to hold it.
      "no-new": "off",
    },
  },
  {
    // What people and logs get to see goes through one door. The programs of components/readiness run in pods.
    files: ["index.ts", "{cli,components,foundation,local,stacks}/**"],
    ignores: [
      "cli/process/door.ts",
      "components/readiness/**",
      "components/plugin/writeSchema.ts",
      "local/images/**",
    ],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
          message: "Write through cli/process/door.ts.",
        },
      ],
    },
  },
  ...Object.entries(rooms).map(walls),
  // A suite is a list of tests, not one piece of logic.
  { files: ["test/**"], rules: { "max-lines-per-function": "off" } },
);
