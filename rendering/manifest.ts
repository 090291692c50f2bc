/** An object as Kubernetes gets it. */
export type Manifest = Record<string, unknown> & {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string }[];
  };
};

export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
