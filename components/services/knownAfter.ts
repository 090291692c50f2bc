import * as pulumi from "@pulumi/pulumi";

/** An object of Kubernetes, as far as its creation can be waited for. */
interface Created {
  metadata: pulumi.Output<unknown>;
}

/**
 * A value that is known once some objects exist, so that what takes it is created after them. `dependsOn` of a
 * component would have all that is in it wait, also what need not.
 */
export function knownAfter(value: pulumi.Input<string>, objects: Created[]): pulumi.Output<string> {
  const created = pulumi.all(objects.map(({ metadata }) => metadata));
  return pulumi.all([value, created]).apply(([known]) => known);
}
