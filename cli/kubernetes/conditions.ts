interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** A condition of an object that holds, such as `Failed` of a Job. */
export function heldCondition(
  object: { status?: { conditions?: Condition[] } },
  wanted: string,
): Condition | undefined {
  return object.status?.conditions?.find(({ type, status }) => type === wanted && status === "True");
}

export function hasCondition(object: { status?: { conditions?: Condition[] } }, wanted: string): boolean {
  return heldCondition(object, wanted) !== undefined;
}
