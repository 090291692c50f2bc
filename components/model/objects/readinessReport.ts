import { z } from "zod";
import type { ReadinessReport, ServiceReport } from "../../readiness/report.ts";

const serviceReport: z.ZodType<ServiceReport> = z.object({
  ...{ service: z.string(), asked: z.string(), milliseconds: z.number() },
  ...{ failure: z.string().optional(), status: z.number().optional(), body: z.string().optional() },
  ...{ dependency: z.string().optional(), commit: z.string().optional() },
});

const readinessReport: z.ZodType<ReadinessReport> = z.object({
  ...{ summary: z.string(), services: z.array(serviceReport), omitted: z.number() },
});

/** The report in a termination message; nothing where it is anything else. */
export function readReport(message: string): ReadinessReport | undefined {
  try {
    return readinessReport.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
