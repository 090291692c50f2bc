import { admission } from "./admission.ts";
import { containers } from "./containers.ts";
import { images } from "./images.ts";
import { gate, probes, scheduling } from "./running.ts";
import type { Scenario } from "./scenario.ts";
import { volumes } from "./volumes.ts";

export type { Scenario } from "./scenario.ts";

export const scenarios: Scenario[] = [
  images,
  containers,
  volumes,
  admission,
  scheduling,
  probes,
  gate,
].flat();
