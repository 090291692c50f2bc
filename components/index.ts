export { AppDeployment, type AppDeploymentArgs } from "./services/appDeployment.ts";
export { ApplicationImage, type ApplicationImageArgs, type ImageBuild } from "./services/applicationImage.ts";
export { EnvironmentAccess, type EnvironmentAccessArgs } from "./environment/environmentAccess.ts";
export { EphemeralEnvironment } from "./environment/ephemeralEnvironment.ts";
export type { EphemeralEnvironmentArgs } from "./environment/ephemeralEnvironmentArgs.ts";
export { NetworkIsolation, type NetworkIsolationArgs } from "./environment/networkIsolation.ts";
export { ReadinessCheck, type ReadinessCheckArgs } from "./checks/readinessCheck.ts";
export { RegistrySecret, type RegistryLogin, type RegistrySecretArgs } from "./environment/registrySecret.ts";
export { ResourceLimits, type ResourceLimitsArgs } from "./environment/resourceLimits.ts";
export { SandboxNamespace, type SandboxNamespaceArgs } from "./environment/sandboxNamespace.ts";
export { SockShop, type SockShopArgs } from "./services/sockShop.ts";
export { TestRunner, type TestRunnerArgs } from "./checks/testRunner.ts";
export { sockShop, Trust } from "./model/index.ts";
export type {
  Catalogue,
  CatalogueService,
  Egress,
  ImageSource,
  IngressController,
  Placement,
  PublishedImage,
  ResourceCap,
  Resources,
  Seed,
  Service,
  SoftUse,
  Toleration,
} from "./model/index.ts";
