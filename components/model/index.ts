// What programs may use of the model without loading Pulumi, and all that the other folders do.
export { roles } from "./access.ts";
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
  checkText,
} from "./arguments.ts";
export { checkCap, type ResourceCap } from "./cap.ts";
export { containerResources, defaultResources } from "./containerResources.ts";
export { type Form, mustBe, oneOf, refusal } from "./form.ts";
export { dockerConfigJson } from "./dockerConfig.ts";
export { checkGivenMetadata, type GivenMetadata, withGiven } from "./givenMetadata.ts";
export { environmentVariables, passwordSecretName } from "./environmentVariables.ts";
export { address, checkGraph, checkOptionalUses, closure, testRunner } from "./graph.ts";
export {
  digestForm,
  imageForm,
  imagePattern,
  registryPattern,
  repositoryPath,
  repositoryPattern,
} from "./imageName.ts";
export { checkImageSource, imageReference, type ImageSource, prefixForm, publishedPrefix } from "./images.ts";
export {
  connectionsContainer,
  filledLabel,
  jobLabels,
  readinessJobName,
  roleLabel,
  seedAnnotation,
} from "./jobs.ts";
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
} from "./labels.ts";
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
} from "./lifeSpan.ts";
export { mapping } from "./mapping.ts";
export { checkMark, malformed, refForm, wellFormed } from "./markForms.ts";
export {
  checkStackName,
  commitForm,
  commitPattern,
  environmentStackOf,
  imageStackOf,
  imageTag,
  isStackName,
  namespaceName,
  stackForm,
  stackName,
} from "./names.ts";
export { type IngressController, networkPolicies } from "./networkPolicies.ts";
export { checkPlacement, type Placement, type Toleration } from "./placement.ts";
export { plan, type Plan } from "./plan.ts";
export { podAnnotations, servicePodSpec } from "./podSpec.ts";
export { quota, quotaName } from "./quota.ts";
export {
  connectionsCommand,
  defaultReadyWithinSeconds,
  readinessArgument,
  readinessCommand,
  readinessTargets,
  throughRevisions,
} from "./readiness.ts";
export { judgedHealth, pageLimit } from "../readiness/judgement.ts";
export type { ReadinessReport, ServiceReport } from "../readiness/report.ts";
export { startFolder } from "../readiness/started.ts";
export type { ReadinessTarget } from "../readiness/target.ts";
export { readReport } from "./readinessReport.ts";
export {
  checkRevisions,
  revisionOf,
  revisionPorts,
  revisionsAnnotation,
  revisionServiceName,
} from "./revision.ts";
export { seedHash, seedJobName, seedJobSpec } from "./seedJob.ts";
export type {
  Catalogue,
  CatalogueService,
  Egress,
  PublishedImage,
  Resources,
  Seed,
  Service,
  OptionalUse,
} from "./service.ts";
export { checkServices, variablePattern } from "./serviceRules.ts";
export { checkServiceSecrets } from "./serviceSecrets.ts";
export { cutMark, named, shown, visible } from "./shown.ts";
export { sockShop } from "./sockShop.ts";
export { checkCatalogue, subset } from "./subset.ts";
export { listed } from "./suggestion.ts";
export { neverSchedule, testEnvironment, testJobName, testRunnerJobSpec } from "./testRunnerJob.ts";
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
} from "./trust.ts";
export { checkSetOnce } from "./variables.ts";
