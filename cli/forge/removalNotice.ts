import { mergeRequestForm, timeMark } from "../../components/model/index.ts";
import type { Work } from "../../foundation/work.ts";
import { ForgeClient } from "./forgeClient.ts";
import { forgeOf, type Variables } from "./forge.ts";
import { tellRemoved } from "./keptComment.ts";
import type { Subject } from "./marker.ts";

/**
 * Tells merge requests that environments were removed, where there is a token. What keeps it from that is told in a line,
 * and changes nothing about the removal.
 */
export class RemovalNotice {
  readonly #variables: Variables;
  readonly #work: Work;
  #client: ForgeClient | undefined;
  #isOver = false;

  constructor(variables: Variables, work: Work) {
    this.#variables = variables;
    this.#work = work;
  }

  /** @param numbers of merge requests that may have a comment about it; a mark may hold any text. */
  async tell(subject: Subject, numbers: (string | undefined)[]): Promise<void> {
    const wanted = new Set(numbers.filter((one) => mergeRequestForm.schema.safeParse(one).success));
    if (wanted.size === 0 || this.#isOver) return;
    try {
      const client = this.#reached();
      if (client === undefined) return;
      const now = timeMark(new Date());
      for (const number of wanted) {
        if (!(await tellRemoved(client, number ?? "", subject, now))) continue;
        this.#work.progress(`merge request ${number ?? ""} is told that ${subject.stack} was removed`);
      }
    } catch (error) {
      this.#work.signal.throwIfAborted();
      // A token that is refused once is refused for every other environment, too.
      this.#isOver = true;
      const { message } = error as Error;
      this.#work.progress(`${subject.stack} was removed, but its merge request is not told so: ${message}`);
    }
  }

  #reached(): ForgeClient | undefined {
    if (this.#client !== undefined) return this.#client;
    const forge = forgeOf(this.#variables);
    if ("lack" in forge) return undefined;
    this.#client = new ForgeClient(forge, this.#variables, this.#work);
    return this.#client;
  }
}
