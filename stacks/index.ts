export { preview } from "./preview.ts";
export type { Build, Definition, OwnService, OwnTest } from "./definition.ts";
