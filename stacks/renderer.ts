import type { Definition } from "./definition.ts";
import type { Settings } from "./settings.ts";

/** Who renders a project's program instead of running it: without an engine, a cluster, or anybody's secrets. */
export interface Renderer {
  /** Takes what the program would deploy, and ends its run. */
  take: (definition: Definition, settings: () => Settings) => never;
}

/** Where one is found, also by another copy of this package than its own. */
const place = Symbol.for("dynamic-environments.renderer");

/** The one that runs the program, if one does. */
export function currentRenderer(): Renderer | undefined {
  return (globalThis as { [place]?: Renderer })[place];
}

/** Has programs that run from now on be rendered. */
export function render(renderer: Renderer): void {
  (globalThis as { [place]?: Renderer })[place] = renderer;
}
