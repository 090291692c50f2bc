import Module, { createRequire } from "node:module";
import { whyUntuned } from "./tested.ts";

const own = createRequire(import.meta.url);
/** As Pulumi's own SDK sees them: some of its packages are no other's, and with pnpm no other sees them. */
const require = createRequire(own.resolve("@pulumi/pulumi/package.json"));

const untuned = whyUntuned();
if (untuned === undefined) tune();
else if (!untuned.isAsked) process.stderr.write(`Pulumi's SDKs start more slowly: ${untuned.reason}\n`);

/**
 * Pulumi.yaml has Node run this before Pulumi's own start. To serialize functions, to trace, and for what this program has
 * none of, Pulumi's SDKs load TypeScript, npm's dependency tree and much else, and open a debugger: more than half of their
 * time to load, and a third of their memory. Here each is loaded once it is used.
 */
function tune(): void {
  // Where a project has no TypeScript, Pulumi's shim for it loads the one that Pulumi brings.
  for (const name of ["typescript", "@pulumi/pulumi/typescript-shim", "@pulumi/pulumi/automation"])
    lazily(name, asItIs);
  for (const name of ["helm", "kustomize", "yaml"]) lazily(own.resolve(`@pulumi/kubernetes/${name}`), asItIs);
  lazily("@pulumi/pulumi/runtime/closure/codePaths", (load) => ({
    computeCodePaths: (...args: unknown[]) => load().computeCodePaths?.(...args),
  }));
  lazily("@pulumi/pulumi/runtime/closure/v8Hooks", (load) => ({
    isInitializedAsync: () => Promise.resolve(),
    getSessionAsync: () => load().getSessionAsync?.(),
    getScriptUrl: (id: unknown) => load().getScriptUrl?.(id),
  }));

  lazily("@pulumi/pulumi/cmd/run/tracing", (load) => {
    let isTracing = false;
    const noSpan: object = new Proxy({}, { get: () => () => noSpan });
    return {
      start: (...args: unknown[]) => {
        isTracing = true;
        load().start?.(...args);
      },
      stop: () => load().stop?.(),
      newSpan: (...args: unknown[]) => (isTracing ? load().newSpan?.(...args) : noSpan),
    };
  });
  // Pulumi names the trace that its program is a part of also where nobody collects any.
  if (process.env.PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT === undefined) delete process.env.TRACEPARENT;
  // Node strips types without moving anything: there is nothing to map, but parsing the SDK's own maps for the first stack
  // trace, that of the stack itself, takes 40 ms.
  standIn("source-map-support/register", {});
}

/** The file of a module that Pulumi would load; nothing where that is not installed. */
function fileOf(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

type Exports = Record<string, (...args: unknown[]) => unknown>;

/** All that a module exports; that it has been an ES module is asked before anything of it is used. */
function asItIs(load: () => Exports): object {
  const described = (key: PropertyKey) => Reflect.getOwnPropertyDescriptor(load(), key);
  return new Proxy(
    {},
    {
      get: (_, key) => key === "__esModule" || (Reflect.get(load(), key) as unknown),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, key) => ({ ...described(key), configurable: true }),
    },
  );
}

/** Puts something in the place of a module that is not loaded yet, which can load it. */
function lazily(name: string, exportsOf: (load: () => Exports) => object): void {
  const file = fileOf(name);
  if (file === undefined) return;
  const exports = exportsOf(() => {
    if (require.cache[file]?.exports === exports) Reflect.deleteProperty(require.cache, file);
    return require(file) as Exports;
  });
  standIn(file, exports);
}

/** Puts something in the place of a module. */
function standIn(name: string, exports: object): void {
  const file = fileOf(name);
  if (file !== undefined) require.cache[file] = Object.assign(new Module(file), { loaded: true, exports });
}
