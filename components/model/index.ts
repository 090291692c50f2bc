// What programs may use of the model without loading Pulumi.
export { testRunner } from "./graph.ts";
export { namespaceName, stackName, type Identity } from "./names.ts";
export { imageReference, type ImageSource } from "./images.ts";
export type { CatalogueService, PublishedImage, Resources, Service } from "./service.ts";
export { testJobName } from "./testRunnerJob.ts";
export { sockShop } from "./sockShop.ts";
