import * as pulumi from "@pulumi/pulumi";

/**
 * A value that is known once others are, such as what the cluster says of objects, so that what takes it is created after
 * them. `dependsOn` of a component would have all that is in it wait, also what need not.
 */
export function knownAfter(
  value: pulumi.Input<string>,
  others: pulumi.Output<unknown>[],
): pulumi.Output<string> {
  return pulumi.all([value, pulumi.all(others)]).apply(([known]) => known);
}

/** An object of Kubernetes, as far as its creation can be waited for. */
interface Created {
  metadata: pulumi.Output<unknown>;
}

/** What is known of objects once they exist. */
export function existence(objects: Created[]): pulumi.Output<unknown>[] {
  return objects.map(({ metadata }) => metadata);
}
