import { companionContainers, companionsMark } from "./companions.ts";
import { containerResources } from "../graph/containerResources.ts";
import { draining, drainSecondsOf } from "./draining.ts";
import { serviceFolders } from "./volumeClaim.ts";
import { environmentVariables } from "../graph/environmentVariables.ts";
import { mayBeMoved } from "./eviction.ts";
import { selectorLabels } from "./labels.ts";
import { checkPlacement, placementSpec, type Placement } from "./placement.ts";
import { containerPorts } from "../graph/ports.ts";
import { probesOf } from "./probes.ts";
import type { Service } from "../graph/service.ts";
import { argumentsOf } from "../graph/volume.ts";

const defaultUser = 10001;

/** Seconds between SIGTERM and SIGKILL: a preview holds no data worth a longer farewell. */
const gracePeriod = 1;

/** The same of what has data: a database writes down what it has in memory. */
const gracePeriodWithVolume = 30;

/** What every pod of an environment states, so that Pod Security `restricted` admits it, unless it runs as root. */
export function podDefaults({ user = defaultUser, gracePeriodSeconds = gracePeriod }: PodNeeds = {}) {
  return {
    automountServiceAccountToken: false,
    // Service links would add variables such as CATALOGUE_PORT, which some images take for their own settings.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: gracePeriodSeconds,
    securityContext: {
      runAsNonRoot: user !== 0,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** The only ways in which pods differ there. */
type PodNeeds = Pick<Service, "user" | "gracePeriodSeconds">;

/** The only ways in which containers differ in their security context. */
type ContainerNeeds = Pick<Service, "capabilities" | "readOnlyRootFilesystem" | "user">;

/** What every container of an environment states, for the same reason. */
export function containerDefaults({
  capabilities = [],
  readOnlyRootFilesystem = true,
  user = defaultUser,
}: ContainerNeeds = {}) {
  const own = { drop: ["ALL"], ...(capabilities.length > 0 && { add: capabilities }) };
  return {
    imagePullPolicy: "IfNotPresent",
    // Not the end of its log: Pulumi would print it, and keep it in its state, with whatever secret is in it.
    terminationMessagePolicy: "File",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem,
      // An image that insists on root changes owners and users, for which it needs those of every runtime.
      ...(user !== 0 && { capabilities: own }),
    },
  };
}

/**
 * Pod spec of a service, without the image and the service account.
 * @param drainSeconds for which it answers on once it is to end, if it is exposed; then it has its grace period.
 */
export function servicePodSpec(
  service: Service,
  services: Service[],
  placement: Placement = {},
  drainSeconds = 0,
) {
  checkPlacement(placement);
  const drained = drainSecondsOf(service, drainSeconds);
  const usual = service.volume === undefined ? gracePeriod : gracePeriodWithVolume;
  const { gracePeriodSeconds = usual } = service;
  const args = argumentsOf(service);
  const resources = containerResources(service);
  const ports = containerPorts(service);
  const { volumes, volumeMounts, ofVolume } = serviceFolders(service, resources.limits["ephemeral-storage"]);
  const { securityContext, ...defaults } = podDefaults({
    ...service,
    // The kubelet counts from the beginning of the drain.
    gracePeriodSeconds: drained + gracePeriodSeconds,
  });
  const env = environmentVariables(service, services);
  const companions = companionContainers(service, { env, volumeMounts }, containerDefaults(service));
  return {
    ...defaults,
    securityContext: { ...securityContext, ...ofVolume },
    ...placementSpec(placement, selectorLabels(service.name)),
    volumes,
    ...(companions.length > 0 && { initContainers: companions }),
    container: {
      ...containerDefaults(service),
      name: service.name,
      ...(service.command && { command: service.command }),
      ...(args && { args }),
      ...(service.workingDirectory !== undefined && { workingDir: service.workingDirectory }),
      env,
      ...(ports.length > 0 && { ports }),
      resources,
      ...probesOf(service),
      ...draining(drained),
      volumeMounts,
    },
  };
}

/** Annotations of a service's pods. */
export function podAnnotations(service: Service): Record<string, string> {
  const { readOnlyRootFilesystem = true } = service;
  const writable = !readOnlyRootFilesystem && { "dynenv/writable-root": "true" };
  return { ...mayBeMoved, ...writable, ...companionsMark(service) };
}

/** Of a command that ends nobody asks whether it is ready. */
export function withoutProbes(container: ServiceContainer) {
  const { readinessProbe: _readiness, startupProbe: _startup, livenessProbe: _liveness, ...rest } = container;
  return rest;
}

type ServiceContainer = ReturnType<typeof servicePodSpec>["container"];
