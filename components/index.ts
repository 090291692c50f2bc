export { AppDeployment, type AppDeploymentArgs } from "./appDeployment.ts";
export { ApplicationImage, type ApplicationImageArgs, type ImageBuild } from "./applicationImage.ts";
export { EnvironmentAccess, type EnvironmentAccessArgs } from "./environmentAccess.ts";
export { EphemeralEnvironment, type EphemeralEnvironmentArgs } from "./ephemeralEnvironment.ts";
export { NetworkIsolation, type NetworkIsolationArgs } from "./networkIsolation.ts";
export { ReadinessCheck, type ReadinessCheckArgs } from "./readinessCheck.ts";
export { RegistrySecret, type RegistryLogin, type RegistrySecretArgs } from "./registrySecret.ts";
export { ResourceLimits, type ResourceLimitsArgs } from "./resourceLimits.ts";
export { SandboxNamespace, type SandboxNamespaceArgs } from "./sandboxNamespace.ts";
export { SockShop, type SockShopArgs } from "./sockShop.ts";
export { TestRunner, type TestRunnerArgs } from "./testRunner.ts";
export type { ResourceCap } from "./model/cap.ts";
export type { ImageSource } from "./model/images.ts";
export type { IngressController } from "./model/networkPolicies.ts";
export type { Placement, Toleration } from "./model/placement.ts";
export type {
  Catalogue,
  CatalogueService,
  Egress,
  PublishedImage,
  Resources,
  Seed,
  Service,
  SoftUse,
} from "./model/service.ts";
export { sockShop } from "./model/sockShop.ts";
export { Trust } from "./model/trust.ts";
