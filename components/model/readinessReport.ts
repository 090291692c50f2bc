import { z } from "zod";

const serviceReport = z.object({
  service: z.string(),
  /** What was asked last: `port 3306`, or `GET /health on port 80`. */
  asked: z.string(),
  /** Why the answer does not count as ready. Default: it does. */
  failure: z.string().optional(),
  /** Status of the answer. Default: there was none. */
  status: z.number().optional(),
  /** Beginning of an answer that does not count as ready. */
  body: z.string().optional(),
  /** What the health page names as not working. */
  dependency: z.string().optional(),
  /** The commit that the application reports; empty where its page has none. */
  commit: z.string().optional(),
  /** From the first question to the last answer. */
  milliseconds: z.number(),
});

const readinessReport = z.object({
  /** The result in one sentence, for those who read no JSON. */
  summary: z.string(),
  /** In the graph's order. */
  services: z.array(serviceReport),
  /** How many services are left out for want of room; those that are ready first. */
  omitted: z.number(),
});

/** What the readiness Job learned of one service. */
export type ServiceReport = z.infer<typeof serviceReport>;

/** What the readiness Job leaves as its container's termination message. */
export type ReadinessReport = z.infer<typeof readinessReport>;

/** The report in a termination message; nothing where it is anything else. */
export function readReport(message: string): ReadinessReport | undefined {
  try {
    return readinessReport.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

/**
 * The functions below, whose source text runs in the readiness Job: they refer to each other and to what every Node
 * has, and to nothing else of this module.
 */
export const writesTheReport = [reportOf, reportText, summaryOf, shortened];

/** What the Job says at its end of what it learned. */
export function reportOf(services: ServiceReport[], withinSeconds: number): ReadinessReport {
  return { summary: summaryOf(services, withinSeconds), services, omitted: 0 };
}

/** The report as JSON that the kubelet, which cuts at 4096 bytes, leaves whole. */
export function reportText(report: ReadinessReport): string {
  const fits = (text: string) => Buffer.byteLength(text) <= 4000;
  for (const length of [400, 100, 40]) {
    const text = JSON.stringify(shortened(report, length, report.services));
    if (fits(text)) return text;
  }
  let kept = report.services.filter(({ failure }) => failure !== undefined);
  for (;;) {
    const text = JSON.stringify(shortened(report, 40, kept));
    if (fits(text) || kept.length === 0) return text;
    kept = kept.slice(0, -1);
  }
}

function summaryOf(services: ServiceReport[], withinSeconds: number): string {
  const notReady = services.flatMap(({ service, failure }) =>
    failure === undefined ? [] : [`${service} (${failure})`],
  );
  if (notReady.length === 0) return "all services are ready";
  return `not ready within ${String(withinSeconds)} s: ${notReady.join(", ")}; run dynenv diagnose to learn why`;
}

/** With texts of at most that length, and with some of the services. */
function shortened(report: ReadinessReport, length: number, kept: ServiceReport[]): ReadinessReport {
  // Escaped, a character takes up to six bytes.
  const cut = (text: string, most: number) => {
    let end = Math.min(text.length, most);
    while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > most + 2) end = Math.floor(end * 0.9);
    return end === text.length ? text : `${text.slice(0, Math.max(0, end - 3))}...`;
  };
  const services = kept.map((service) => {
    const texts = Object.entries(service).map(([key, value]) => [
      key,
      typeof value === "string" ? cut(value, key === "service" ? 63 : length) : value,
    ]);
    return Object.fromEntries(texts) as ServiceReport;
  });
  return {
    summary: cut(report.summary, 1000),
    services,
    omitted: report.services.length - kept.length,
  };
}
