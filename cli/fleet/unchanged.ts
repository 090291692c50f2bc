import type { KubeConfig, V1Namespace } from "#bundled/kubernetes";
import { namespaceName } from "../../components/model/index.ts";
import type { Work } from "../../foundation/work.ts";
import { environmentNamespace, type EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { watchUntil } from "../kubernetes/watch.ts";
import { ChangedMeanwhile } from "./sweep.ts";
import type { Environment } from "./verdict.ts";

/**
 * Does work on an environment as long as its namespace and its marks stay as they were: who removes it may have to
 * wait for a run that renews it. @throws {@link ChangedMeanwhile} when they did not.
 */
export async function whileUnchanged(
  { stack, namespace }: Environment,
  config: KubeConfig,
  { signal }: Work,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const name = namespace?.name ?? namespaceName(stack);
  const before = identityOf(namespace);
  const changed = new AbortController();
  const done = new AbortController();
  const watching = watchUntil(config, {
    path: "/api/v1/namespaces",
    selector: { fieldSelector: `metadata.name=${name}` },
    signal: AbortSignal.any([signal, done.signal]),
    pick: (object, type) => {
      const now = identityOf(environmentNamespace(object as V1Namespace));
      return (type !== "DELETED" && now !== before) || undefined;
    },
  });
  watching.then(
    () => {
      changed.abort(new ChangedMeanwhile("its namespace or its marks changed in the meantime"));
    },
    (error: unknown) => {
      // Nobody would notice a change.
      if (!done.signal.aborted) changed.abort(error);
    },
  );
  try {
    await work(AbortSignal.any([signal, changed.signal]));
  } finally {
    done.abort();
  }
}

function identityOf(namespace: EnvironmentNamespace | undefined): string {
  if (namespace === undefined) return "";
  const { uid, isOurs, marks } = namespace;
  return JSON.stringify([uid, isOurs, Object.entries(marks).sort()]);
}
