export { AppDeployment, type AppDeploymentArgs } from "./appDeployment.ts";
export {
  EphemeralEnvironment,
  type EphemeralEnvironmentArgs,
  type RegistryArgs,
} from "./ephemeralEnvironment.ts";
export { NetworkIsolation, type NetworkIsolationArgs } from "./networkIsolation.ts";
export { ReadinessCheck, type ReadinessCheckArgs } from "./readinessCheck.ts";
export { RegistrySecret, type RegistrySecretArgs } from "./registrySecret.ts";
export { ResourceLimits, type ResourceLimitsArgs } from "./resourceLimits.ts";
export { SandboxNamespace, type SandboxNamespaceArgs } from "./sandboxNamespace.ts";
export { SockShop, type SockShopArgs } from "./sockShop.ts";
export { TestRunner, type TestRunnerArgs } from "./testRunner.ts";
export type { ImageSource } from "./model/images.ts";
export type { PublishedImage, Resources, Service } from "./model/service.ts";
