import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fileMounts, type MountedFiles } from "../model/index.ts";
import type { Kept } from "./variables.ts";

type Texts = Record<string, pulumi.Input<string>>;

/** Files of a service, by whether they are secret: absolute path to content. */
interface Files {
  files?: Texts | undefined;
  secretFiles?: Texts | undefined;
}

/**
 * Files of a service, in a ConfigMap and a Secret. Pulumi names both, and gives new content a new name, so that a change
 * rolls the pods; mounted by `subPath`, the files of running ones stay as they are.
 */
export function createFiles(
  parentName: string,
  { files = {}, secretFiles = {} }: Files,
  metadata: Kept,
  opts: pulumi.CustomResourceOptions,
): MountedFiles<pulumi.Input<string>> {
  const open = fileMounts("files", files);
  const secret = fileMounts("secret-files", secretFiles);
  const volumes: MountedFiles<pulumi.Input<string>>["volumes"] = [];
  if (open.volumeMounts.length > 0) {
    const map = new k8s.core.v1.ConfigMap(`${parentName}-files`, { metadata, data: open.data }, opts);
    volumes.push({ name: "files", configMap: { name: map.metadata.name } });
  }
  if (secret.volumeMounts.length > 0) {
    const stringData = pulumi.secret(secret.data);
    const kept = new k8s.core.v1.Secret(`${parentName}-secret-files`, { metadata, stringData }, opts);
    // Readable for the group, which is that of the process.
    volumes.push({ name: "secret-files", secret: { secretName: kept.metadata.name, defaultMode: 0o440 } });
  }
  return { volumes, volumeMounts: [...open.volumeMounts, ...secret.volumeMounts] };
}
