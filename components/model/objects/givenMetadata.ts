import { z } from "zod";
import { checkObject } from "../rules/arguments.ts";
import { mayBeMoved } from "./eviction.ts";
import { checked, type Form } from "../rules/form.ts";
import { labelKeyPattern, labelValuePattern } from "../rules/labelPatterns.ts";
import { nameLabel, ownerLabels } from "./labels.ts";
import { shown } from "../rules/shown.ts";

/** Labels and annotations that a program gives to every object of an environment. */
export interface GivenMetadata {
  labels?: Record<string, string> | undefined;
  annotations?: Record<string, string> | undefined;
}

/**
 * Keys that are not for programs, since environments, Kubernetes or Pulumi's provider set them and select by them. One
 * that ends with a slash stands for all keys with that prefix.
 */
const reserved = [
  nameLabel,
  ...Object.keys(ownerLabels),
  "app.kubernetes.io/managed-by",
  "dynenv/",
  "pod-security.kubernetes.io/",
  "pulumi.com/",
  "kubernetes.io/",
  "batch.kubernetes.io/",
  "deployment.kubernetes.io/",
  "kubectl.kubernetes.io/",
  "pod-template-hash",
  "controller-uid",
  "job-name",
  ...Object.keys(mayBeMoved),
];

const labelValue: Form = {
  schema: z.string().regex(labelValuePattern),
  rule: "at most 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends",
  example: "shop",
};
const annotationValue: Form = { schema: z.string(), rule: "a text", example: "shop" };

/** The API server takes 256 KiB in one object; the environment's own annotations need some of it. */
const maxBytes = 192 * 1024;

/** @throws when the API server would refuse the labels or annotations, or when one has a key that is reserved. */
export function checkGivenMetadata({ labels = {}, annotations = {} }: GivenMetadata): void {
  checkObject("labels", labels, 'an object from label to value, such as {"team": "shop"}');
  for (const [key, value] of Object.entries(labels) as [string, unknown][]) {
    checkKey("labels", key, key);
    checked(`labels[${shown(key)}]`, value, labelValue);
  }
  checkObject("annotations", annotations, 'an object from annotation to text, such as {"team": "shop"}');
  for (const [key, value] of Object.entries(annotations) as [string, unknown][]) {
    checkKey("annotations", key, key.toLowerCase());
    checked(`annotations[${shown(key)}]`, value, annotationValue);
  }
  const bytes = Buffer.byteLength(Object.entries(annotations).flat().join(""));
  if (bytes > maxBytes)
    throw new Error(
      `annotations have ${String(bytes)} bytes but must have at most ${String(maxBytes)}: make them shorter`,
    );
}

/** @param comparable the key as the API server looks at it: the case of an annotation's key does not count there. */
function checkKey(argument: string, key: string, comparable: string): void {
  if (!labelKeyPattern.test(comparable))
    throw new Error(
      `${argument} has the key ${shown(key)} but its keys must be at most 63 letters, digits, dashes, underscores and dots, behind a domain and a slash if need be, such as team or example.com/team`,
    );
  if (reserved.some((one) => (one.endsWith("/") ? comparable.startsWith(one) : comparable === one)))
    throw new Error(
      `${argument} has the key ${key}, which is reserved for the environment itself: give it another one, such as example.com/team`,
    );
}

/** What is given, with an environment's own labels and annotations, which win. */
export function withGiven<Own extends { labels: object; annotations?: object }>(
  own: Own,
  { labels = {}, annotations = {} }: GivenMetadata = {},
): Own & { annotations?: Record<string, string> } {
  const all = { ...annotations, ...own.annotations };
  return {
    ...own,
    labels: { ...labels, ...own.labels },
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}
