export { ServiceDeployment, type ServiceDeploymentArgs } from "./services/serviceDeployment.ts";
export {
  ApplicationImage,
  type ApplicationImageArgs,
  type ImageBuild,
  type ImageLogin,
} from "./services/applicationImage.ts";
export { Route, type RouteArgs } from "./services/route.ts";
export { ProbeImage, type ProbeImageArgs } from "./services/probeImage.ts";
export type { DeployedService } from "./services/deployedService.ts";
export { EnvironmentAccess, type EnvironmentAccessArgs } from "./environment/environmentAccess.ts";
export { checkEnvironment } from "./environment/checkedPlan.ts";
export { EphemeralEnvironment } from "./environment/ephemeralEnvironment.ts";
export type {
  Access,
  Backing,
  EnvironmentIdentity,
  EnvironmentTest,
  EphemeralEnvironmentArgs,
  Lifetime,
  Readiness,
  Registry,
} from "./environment/ephemeralEnvironmentArgs.ts";
export { NetworkIsolation, type NetworkIsolationArgs } from "./environment/networkIsolation.ts";
export { ReadinessCheck, type ReadinessCheckArgs } from "./checks/readinessCheck.ts";
export { RegistrySecret, type RegistryLogin, type RegistrySecretArgs } from "./environment/registrySecret.ts";
export { ResourceLimits, type ResourceLimitsArgs } from "./environment/resourceLimits.ts";
export { EnvironmentNamespace, type EnvironmentNamespaceArgs } from "./environment/environmentNamespace.ts";
export { BackingServices, type BackingServicesArgs } from "./services/backingServices.ts";
export { TestRunner, type TestRunnerArgs } from "./checks/testRunner.ts";
export type { TestSuite } from "./checks/testSuite.ts";
export {
  backingServices,
  EnvironmentKind,
  PodSecurity,
  renamed,
  serviceOf,
  sockShop,
  Trust,
  withServices,
} from "./model/index.ts";
export type {
  Autoscaling,
  Catalogue,
  CatalogueService,
  Companion,
  Egress,
  Exposure,
  Gateway,
  GatewayAddress,
  GatewayPods,
  ImageSource,
  Liveness,
  Placement,
  Port,
  Probe,
  PublishedImage,
  ResourceCap,
  Resources,
  SecretRef,
  Seed,
  Service,
  Task,
  OptionalUse,
  Toleration,
  Volume,
  WithVolume,
} from "./model/index.ts";
