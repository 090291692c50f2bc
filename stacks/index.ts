export { preview } from "./preview.ts";
export type { Build, Definition, OwnService } from "./definition.ts";
