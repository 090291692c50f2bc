/** What a probe was answered, without what it asked. */
export function probeAnswer(message: string): string {
  return message.replace(/^\w+ probe (failed|errored)[^:]*: (Get "[^"]*": )?(dial \w+ \S+: )?/, "");
}
