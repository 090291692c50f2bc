import { type Form, mustBe, refusal } from "../components/model/index.ts";
import { Failure } from "./failure.ts";

/**
 * What somebody gives on the command line or by a variable, as its form makes it.
 * @param next what to do about a wrong one. Default: the sentence ends with one that is right.
 * @throws a wrong usage.
 */
export function required<T>(what: string, value: unknown, form: Form<T>, next?: string): T {
  const result = form.schema.safeParse(value);
  if (result.success) return result.data;
  const sentence = refusal(what, value, mustBe(form, result.error));
  throw new Failure("usage", next === undefined ? sentence : `${sentence}: ${next}`);
}
