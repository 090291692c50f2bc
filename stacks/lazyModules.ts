import Module, { createRequire } from "node:module";

const require = createRequire(import.meta.url);

// Pulumi.yaml has Node run this before Pulumi's own start. To serialize functions, of which this program has none, Pulumi's
// SDK loads TypeScript and npm's dependency tree: more than half of its time to load, and a third of its memory. Here
// each is loaded once it is used.
lazily(
  "typescript",
  (load) =>
    new Proxy(
      {},
      {
        get: (_, key) => Reflect.get(load(), key) as unknown,
        ownKeys: () => Reflect.ownKeys(load()),
        getOwnPropertyDescriptor: (_, key) => ({
          ...Reflect.getOwnPropertyDescriptor(load(), key),
          configurable: true,
        }),
      },
    ),
);
lazily("@pulumi/pulumi/runtime/closure/codePaths", (load) => ({
  computeCodePaths: (...args: unknown[]) => load().computeCodePaths?.(...args),
}));

type Exports = Record<string, (...args: unknown[]) => unknown>;

/** Puts something in the place of a module that is not loaded yet, which can load it. */
function lazily(name: string, exportsOf: (load: () => Exports) => object): void {
  const file = require.resolve(name);
  const standIn = new Module(file);
  standIn.loaded = true;
  standIn.exports = exportsOf(() => {
    if (require.cache[file] === standIn) Reflect.deleteProperty(require.cache, file);
    return require(file) as Exports;
  });
  require.cache[file] = standIn;
}
