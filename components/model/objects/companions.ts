import { containerResources } from "../graph/containerResources.ts";
import type { Variable } from "../graph/environmentVariables.ts";
import type { Companion, Service } from "../graph/service.ts";

/** Annotation of pods: the names of the containers that a program put beside the service's own. */
export const companionsAnnotation = "dynenv/companions";

/** What those containers have of the service's own. */
interface Shared {
  env: Variable[];
  volumeMounts: { name: string; mountPath: string; subPath?: string }[];
}

/** The containers beside a service's own: sidecars, and then what runs before it. */
export function companionContainers<Defaults extends object>(
  { initContainers = [], sidecars = [] }: Service,
  shared: Shared,
  defaults: Defaults,
) {
  const container = ({ name, image, command, args, environment = {}, ...stated }: Companion) => ({
    ...defaults,
    name,
    ...(image !== undefined && { image }),
    ...(command && { command }),
    ...(args && { args }),
    env: [
      ...shared.env.filter((one) => !Object.hasOwn(environment, one.name)),
      ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ],
    resources: containerResources(stated),
    volumeMounts: shared.volumeMounts,
  });
  return [
    // Kubernetes' own form of a sidecar, which ends after the service.
    ...sidecars.map((one) => ({ ...container(one), restartPolicy: "Always" })),
    ...initContainers.map(container),
  ];
}

/** The annotation of a service's pods that names them; none where there are none. */
export function companionsMark({ initContainers = [], sidecars = [] }: Service): Record<string, string> {
  const names = [...sidecars, ...initContainers].map(({ name }) => name);
  return names.length === 0 ? {} : { [companionsAnnotation]: names.join() };
}
