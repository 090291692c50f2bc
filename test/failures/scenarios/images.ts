import { shell } from "../../integration/shell.ts";
import { registryPort } from "../faultyServer.ts";
import type { Scenario } from "./scenario.ts";

const faulty = (name: string) => ({ image: `127.0.0.1:${String(registryPort)}/${name}:1` });

export const images: Scenario[] = [
  {
    cause: "image-missing",
    what: "a tag that nobody pushed",
    container: { image: `${shell.DYNENV_PUBLIC_REGISTRY ?? ""}/nowhere:1` },
  },
  {
    cause: "registry-login-refused",
    what: "no pull secret",
    container: { image: `${shell.CI_REGISTRY ?? ""}/dynenv/private:1` },
  },
  {
    cause: "registry-unreachable",
    what: "a registry that refuses connections",
    container: { image: "127.0.0.1:1/app:1" },
  },
  { cause: "registry-rate-limit", what: "a registry that answers 429", container: faulty("limited") },
  { cause: "image-wrong-platform", what: "an image for another platform", container: faulty("foreign") },
  { cause: "image-broken", what: "a layer that is no archive", container: faulty("broken") },
  {
    cause: "image-not-pulled",
    what: "an image that may not be pulled",
    container: { ...faulty("never"), imagePullPolicy: "Never" },
  },
  { cause: "image-name-invalid", what: "capital letters", container: { image: "Not/AnImage" } },
];
