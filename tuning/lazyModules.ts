import Module, { createRequire } from "node:module";
import { whyUntuned } from "./tested.ts";

const require = createRequire(import.meta.url);

const untuned = whyUntuned();
if (untuned === undefined) tune();
else if (!untuned.isAsked) process.stderr.write(`Pulumi's SDKs start more slowly: ${untuned.reason}\n`);

/**
 * Pulumi.yaml has Node run this before Pulumi's own start. To serialize functions, to trace, and for what this program has
 * none of, Pulumi's SDKs load TypeScript, npm's dependency tree and much else, and open a debugger: more than half of their
 * time to load, and a third of their memory. Here each is loaded once it is used.
 */
function tune(): void {
  for (const name of ["typescript", "@pulumi/pulumi/automation"]) lazily(name, asItIs);
  for (const name of ["helm", "kustomize", "yaml"]) lazily(`@pulumi/kubernetes/${name}`, asItIs);
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
  const exports = exportsOf(() => {
    const file = require.resolve(name);
    if (require.cache[file]?.exports === exports) Reflect.deleteProperty(require.cache, file);
    return require(file) as Exports;
  });
  standIn(name, exports);
}

/** Puts something in the place of a module. */
function standIn(name: string, exports: object): void {
  const file = require.resolve(name);
  require.cache[file] = Object.assign(new Module(file), { loaded: true, exports });
}
