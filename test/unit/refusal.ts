import { construct } from "../../rendering/construction.ts";

export interface Refusal {
  /** What a user is told; a list, since there should be one sentence. */
  sentences: string[];
  /** Types of the resources that were registered all the same, without their package. */
  registered: string[];
}

/**
 * Builds something wrong. What is known only when a value is there is told by a promise that nobody awaits: the
 * engine's program ends with it, and so it is caught here.
 */
export async function refusal(build: () => unknown): Promise<Refusal> {
  const errors: unknown[] = [];
  const keep = (error: unknown) => errors.push(error);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", keep);
  try {
    const { resources } = await construct(() => {
      try {
        build();
      } catch (error) {
        keep(error);
      }
    });
    // Node tells of a rejection after the promises of its turn.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const sentences = new Set(errors.map((error) => withoutPlace((error as Error).message)));
    return { sentences: [...sentences], registered: resources.map(({ type }) => type.replace(/^.*:/, "")) };
  } finally {
    process.off("unhandledRejection", keep);
    for (const other of others) process.on("unhandledRejection", other);
  }
}

/** Pulumi says first which inputs it could not compute. */
function withoutPlace(message: string): string {
  return message.replace(/^(error serializing property "[^"]*": )*/, "");
}
