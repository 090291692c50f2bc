import { shown } from "./shown.ts";

const units = new Map([
  ["", 1],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
]);

/** Millicores of a CPU quantity such as `250m` or `1.5`. @throws on any other form. */
export function parseCpu(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity);
  if (match === null) throw new Error(`${shown(quantity)} is not a CPU quantity: write it like 250m or 1.5`);
  return roundUp(Number(match[1]) * (match[2] === "m" ? 1 : 1000));
}

/** Bytes of a quantity of memory or storage such as `128Mi`. @throws on any other form. */
export function parseBytes(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity);
  const unit = units.get(match?.[2] ?? "none");
  if (match === null || unit === undefined) {
    throw new Error(`${shown(quantity)} is not a quantity of bytes: write it like 128Mi or 1Gi`);
  }
  return roundUp(Number(match[1]) * unit);
}

/** CPU quantity in millicores, in the form that the API server keeps: whole cores without a unit. */
export function formatCpu(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${String(millicores)}m`;
}

/** Quantity of bytes in whole mebibytes, rounded up, in the form that the API server keeps: in gibibytes where these are whole. */
export function formatBytes(bytes: number): string {
  const mebibytes = Math.ceil(bytes / 2 ** 20);
  return mebibytes % 1024 === 0 ? `${String(mebibytes / 1024)}Gi` : `${String(mebibytes)}Mi`;
}

/** Next whole number, but for what floating point adds: 16.1 * 1000 is a little more than 16100. */
function roundUp(number: number): number {
  return Math.ceil(Number(number.toFixed(3)));
}
