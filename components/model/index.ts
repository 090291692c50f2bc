// What programs may use of the model without loading Pulumi.
export { closure } from "./graph.ts";
export { namespaceName, stackName } from "./names.ts";
export { sockShop } from "./sockShop.ts";
export { subset } from "./subset.ts";
export { testJobName } from "./testRunnerJob.ts";
