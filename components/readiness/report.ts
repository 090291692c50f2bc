/** What the readiness Job learned of one service. */
export interface ServiceReport {
  service: string;
  /** What was asked last: `port 3306`, or `GET /health on port 80`. */
  asked: string;
  /** Why the answer does not count as ready. Default: it does. */
  failure?: string | undefined;
  /** Status of the answer. Default: there was none. */
  status?: number | undefined;
  /** Beginning of an answer that does not count as ready. */
  body?: string | undefined;
  /** What the health page names as not working. */
  dependency?: string | undefined;
  /** The commit that the application reports; empty where its page has none. */
  commit?: string | undefined;
  /** From the first question to the last answer. */
  milliseconds: number;
}

/** What a target answered, and why that does not count as ready, where it does not. */
export type Answer = Omit<ServiceReport, "service" | "milliseconds">;

/** What the readiness Job leaves as its container's termination message. */
export interface ReadinessReport {
  /** The result in one sentence, for those who read no JSON. */
  summary: string;
  /** In the graph's order. */
  services: ServiceReport[];
  /** How many services are left out for want of room; those that are ready first. */
  omitted: number;
}

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
    const texts = Object.entries(service).map(([key, value]: [string, unknown]) => [
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
