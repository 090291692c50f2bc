import type { WholeAnswer } from "../../foundation/webRequest.ts";

/**
 * Seconds that an answer asks to wait before the next request; nothing for one that is no limit of requests, and infinity
 * where it does not say for how long. GitHub has a limit answer 403, too.
 */
export function pauseOf({ status, headers, text }: WholeAnswer, now: number): number | undefined {
  if (![403, 429, 503].includes(status)) return undefined;
  const after = headers["retry-after"];
  if (after !== undefined) return secondsOf(after, now);
  // GitHub's name, and GitLab's.
  const [remaining, reset] = ["remaining", "reset"].map(
    (what) => headers[`x-ratelimit-${what}`] ?? headers[`ratelimit-${what}`],
  );
  if (remaining === "0" && reset !== undefined) return atLeastNow(Number(reset) - now / 1000);
  const isLimit = status === 429 || (status === 403 && /rate limit/i.test(text));
  return isLimit ? Infinity : undefined;
}

/** A number of seconds, or a date. */
function secondsOf(text: string, now: number): number {
  return atLeastNow(/^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000);
}

function atLeastNow(seconds: number): number {
  return Number.isNaN(seconds) ? Infinity : Math.max(0, Math.ceil(seconds));
}
