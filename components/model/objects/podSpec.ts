import { containerResources } from "../graph/containerResources.ts";
import { environmentVariables } from "../graph/environmentVariables.ts";
import { mayBeMoved } from "./eviction.ts";
import { selectorLabels } from "./labels.ts";
import { checkPlacement, placementSpec, type Placement } from "./placement.ts";
import type { Service } from "../graph/service.ts";

const defaultUser = 10001;

/** Seconds between SIGTERM and SIGKILL: a preview holds no data worth a longer farewell. */
const gracePeriodSeconds = 1;

/** What every pod of an environment states, so that Pod Security `restricted` admits it. */
export function podDefaults(user = defaultUser) {
  return {
    automountServiceAccountToken: false,
    // Service links would add variables such as CATALOGUE_PORT, which some images take for their own settings.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: gracePeriodSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** The only ways in which containers differ in their security context. */
type ContainerNeeds = Pick<Service, "capabilities" | "readOnlyRootFilesystem">;

/** What every container of an environment states, for the same reason. */
export function containerDefaults({ capabilities = [], readOnlyRootFilesystem = true }: ContainerNeeds = {}) {
  return {
    imagePullPolicy: "IfNotPresent",
    // Not the end of its log: Pulumi would print it, and keep it in its state, with whatever secret is in it.
    terminationMessagePolicy: "File",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem,
      capabilities: { drop: ["ALL"], ...(capabilities.length > 0 && { add: capabilities }) },
    },
  };
}

/** Pod spec of a service, without the image and the service account. */
export function servicePodSpec(service: Service, services: Service[], placement: Placement = {}) {
  checkPlacement(placement);
  const resources = containerResources(service);
  const volumes = (service.writablePaths ?? []).map((path, index) => ({
    name: `writable-${String(index)}`,
    path,
  }));
  return {
    ...podDefaults(service.user),
    ...placementSpec(placement, selectorLabels(service.name)),
    volumes: volumes.map(({ name }) => ({
      name,
      emptyDir: { sizeLimit: resources.limits["ephemeral-storage"] },
    })),
    container: {
      ...containerDefaults(service),
      name: service.name,
      ...(service.command && { command: service.command }),
      ...(service.args && { args: service.args }),
      env: environmentVariables(service, services),
      ports: [{ containerPort: service.containerPort }],
      resources,
      readinessProbe: readinessProbe(service),
      volumeMounts: volumes.map(({ name, path }) => ({ name, mountPath: path })),
    },
  };
}

/** Annotations of a service's pods. */
export function podAnnotations({ readOnlyRootFilesystem = true }: Service): Record<string, string> {
  return { ...mayBeMoved, ...(!readOnlyRootFilesystem && { "dynenv/writable-root": "true" }) };
}

/** Probes once a second: with the default of ten, a service that is up after one second is ready after ten. */
function readinessProbe(service: Service) {
  const port = service.containerPort;
  const action =
    service.healthPath === undefined
      ? { tcpSocket: { port } }
      : { httpGet: { path: service.healthPath, port } };
  return { ...action, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 };
}
