// What programs may use of the model without loading Pulumi, and all that the other folders do.
export { roles } from "./objects/access.ts";
export {
  checkCommand,
  checkGroup,
  checkImage,
  checkLabel,
  checkList,
  checkNames,
  checkObject,
  checkPattern,
  checkSeconds,
  checkSubdomain,
  checkTaggedImage,
  checkText,
} from "./rules/arguments.ts";
export { backingServices } from "./graph/backingServices.ts";
export { renamed, serviceOf, withServices } from "./graph/catalogue.ts";
export { checkCap, type ResourceCap } from "./graph/cap.ts";
export { containerResources, defaultResources } from "./graph/containerResources.ts";
export { checked, type Form, mustBe, oneOf, refusal } from "./rules/form.ts";
export { subdomain } from "./rules/labelPatterns.ts";
export { companionsAnnotation } from "./objects/companions.ts";
export { type DockerLogin, dockerConfigJson, hasLogins, loginFor } from "./objects/dockerConfig.ts";
export { checkGivenMetadata, type GivenMetadata, withGiven } from "./objects/givenMetadata.ts";
export { environmentVariables, passwordOwnersIn, passwordSecretName } from "./graph/environmentVariables.ts";
export { address } from "./graph/addresses.ts";
export { autoscalerSpec } from "./objects/autoscaler.ts";
export { disruptionBudgetSpec } from "./objects/disruptionBudget.ts";
export { volumeClaimSpec } from "./objects/volumeClaim.ts";
export { checkStandingOnly } from "./standingOnly.ts";
export { checkFiles } from "./graph/fileRules.ts";
export { checkGraph, checkOptionalUses, closure, testRunner } from "./graph/graph.ts";
export {
  defaultRegistry,
  digestForm,
  imageForm,
  imagePattern,
  isByTag,
  registryPattern,
  repositoryPath,
  repositoryPattern,
  type TaggedImage,
  taggedImage,
  tagPattern,
} from "./rules/imageName.ts";
export {
  checkImageSource,
  imageReference,
  type ImageSource,
  prefixForm,
  publishedPrefix,
} from "./graph/images.ts";
export {
  connectionsContainer,
  filledLabel,
  isOfServiceJob,
  isOurPod,
  jobLabels,
  readinessJobName,
  resultsContainer,
  roleLabel,
  seedAnnotation,
  serviceJobLabels,
  type ServiceJobRole,
  taskLabel,
} from "./objects/jobs.ts";
export {
  isOurs,
  markAnnotations,
  type Marks,
  marksOf,
  nameLabel,
  namespaceLabels,
  ownerLabels,
  ownerSelector,
  selectorLabels,
  workloadLabels,
} from "./objects/labels.ts";
export {
  checkDeployedAt,
  clockToleranceMs,
  deployedAtForm,
  deploymentMarks,
  expiry,
  isFuture,
  isPinned,
  lifeSpan,
  type LifeSpan,
  markedTime,
  timeMark,
  type UnknownSpan,
} from "./lifetime/lifeSpan.ts";
export { checkKind, checkStandingName, EnvironmentKind, isStanding, kindForm } from "./lifetime/kind.ts";
export { mapping } from "./rules/mapping.ts";
export {
  checkMark,
  malformed,
  mergeRequestForm,
  projectForm,
  refForm,
  wellFormed,
} from "./lifetime/markForms.ts";
export {
  checkStackName,
  commitForm,
  commitPattern,
  environmentStackOf,
  imageStackOf,
  imageTag,
  isStackName,
  looksComputed,
  namespaceName,
  stackForm,
  stackName,
} from "./rules/names.ts";
export { fileMounts, type MountedFiles } from "./objects/fileMounts.ts";
export { checkDrainSeconds } from "./objects/draining.ts";
export { exposedServices } from "./graph/exposure.ts";
export {
  checkGateway,
  gatewayNamePattern,
  type Gateway,
  type GatewayAddress,
  type GatewayPods,
} from "./objects/gateway.ts";
export { networkPolicies } from "./objects/networkPolicies.ts";
export {
  gatewayApi,
  httpRouteSpec,
  ingressSpec,
  routeOf,
  routes,
  type Route as Address,
  urlAnnotation,
} from "./objects/route.ts";
export { checkPlacement, type Placement, type Toleration } from "./objects/placement.ts";
export { plan, type Plan } from "./plan.ts";
export { checkUsers, PodSecurity, podSecurityForm } from "./objects/podSecurity.ts";
export { askedPort, askedServices, containerPorts, servicePorts } from "./graph/ports.ts";
export { trialSeconds } from "./objects/probes.ts";
export { podAnnotations, servicePodSpec } from "./objects/podSpec.ts";
export { quota, quotaName } from "./objects/quota.ts";
export {
  connectionsCommand,
  defaultReadyWithinSeconds,
  readinessArgument,
  readinessCommand,
  readinessTargets,
  throughGateway,
  throughRevisions,
} from "./objects/readiness.ts";
export { judgedHealth, pageLimit } from "../readiness/judgement.ts";
export type { ReadinessReport, ServiceReport } from "../readiness/report.ts";
export { startFolder } from "../readiness/started.ts";
export { askRoute } from "../readiness/routed.ts";
export type { ReadinessArguments } from "../readiness/arguments.ts";
export type { ReadinessTarget, RouteTarget } from "../readiness/target.ts";
export { readReport } from "./objects/readinessReport.ts";
export {
  checkRevisions,
  revisionOf,
  revisionPorts,
  revisionsAnnotation,
  revisionServiceName,
} from "./graph/revision.ts";
export { seedHash, seedJobName, seedJobSpec } from "./objects/seedJob.ts";
export {
  beforeJobName,
  serviceJobSpec,
  stepOf,
  stepsOf,
  taskJobName,
  taskSchedule,
} from "./objects/serviceJob.ts";
export type {
  Autoscaling,
  Catalogue,
  CatalogueService,
  Companion,
  Egress,
  Exposure,
  Liveness,
  Port,
  Probe,
  PublishedImage,
  Resources,
  SecretRef,
  Seed,
  Service,
  Task,
  OptionalUse,
  Volume,
  WithVolume,
} from "./graph/service.ts";
export { checkServices, serviceMust, variablePattern } from "./graph/serviceRules.ts";
export { addressVariable, passwordVariable } from "./graph/variableNames.ts";
export { checkServiceSecrets } from "./graph/serviceSecrets.ts";
export { cutMark, named, shown, visible } from "./rules/shown.ts";
export { sockShop } from "./graph/sockShop.ts";
export { checkCatalogue, subset } from "./graph/subset.ts";
export { listed, suggestion } from "./rules/suggestion.ts";
export { neverSchedule, testEnvironment, testJobName, testRunnerJobSpec } from "./objects/testRunnerJob.ts";
export { resultsAnnotation } from "./objects/testResults.ts";
export { checkSuites, suiteCronJob, suiteOf, suiteSelector } from "./objects/testSuites.ts";
export { resultsLimit, type ResultsReport } from "../readiness/results.ts";
export {
  cappedTtl,
  cappedTtlMs,
  rulesOf,
  timeToLive,
  Trust,
  trustForm,
  type TrustRules,
  trustRules,
  ttlForm,
  ttlMs,
} from "./lifetime/trust.ts";
export { checkSetOnce } from "./graph/variables.ts";
