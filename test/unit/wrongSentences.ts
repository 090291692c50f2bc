import { portRule } from "./wrongEnvironments.ts";

// What several components say of the same mistake.
export const isNotDeployed = 'service "gone", which deals uses, is not in the graph: known are deals';
export const twoOfOneName = 'two services are named "deals": give one of them another name';
export const noName = 'name is "" but must be a DNS label with a letter first, such as catalogue-db';
export const wrongPort = `port of service "deals" is 0 but must be ${portRule}`;
