import type { ReleaseLock } from "../foundation/releaseLock.ts";
import type { Manifest } from "./manifest.ts";

/** What is asked of the process that renders a program. */
export interface RenderingRequest {
  /** Where the Pulumi project lies, and the program's own file. */
  folder: string;
  entry: string;
  /** Name of the Pulumi project. */
  project: string;
  stack: string;
  /** Settings as `key: text`, with the key's namespace in front. */
  config: Record<string, string>;
  /** Images by digest of an environment, in the place of a lock's. */
  images?: Record<string, string>;
  /** Whether the hash of the objects is left out, which takes as long as they themselves. Default: `false`. */
  withoutHash?: boolean;
  /** Another release, whose objects are asked for, too, with the very same settings. */
  other?: ReleaseLock;
}

/** What a program would deploy. */
export interface Rendered {
  /** The definition with images by digest, in which no secret is; absent where the settings name a lock. */
  graph?: Record<string, unknown>;
  /** Names of the catalogue's services. */
  services: string[];
  secretFiles: Record<string, string[]>;
  /** Service to the folder of its migrations, relative to the program. */
  migrations: Record<string, string>;
  /** With placeholders in the place of secrets. */
  manifests: Manifest[];
  /** Those of the other release, where there is one. */
  others?: Manifest[];
  /** Hash of the objects without settings of an environment's own; empty where it is left out. */
  objects: string;
}

/** What the process says. */
export type RenderingAnswer = { rendered: Rendered } | { error: string; isOfCaller: boolean };
