// What programs may use of the model without loading Pulumi.
export { namespaceName, stackName } from "./names.ts";
export { sockShop } from "./sockShop.ts";
export { testJobName } from "./testRunnerJob.ts";
