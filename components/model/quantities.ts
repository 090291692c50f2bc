import { shown } from "./shown.ts";

const memoryUnits = new Map([
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
  if (match === null) throw new Error(`${shown(quantity)} is no CPU quantity: write it like 250m or 1.5`);
  return roundUp(Number(match[1]) * (match[2] === "m" ? 1 : 1000));
}

/** Bytes of a memory quantity such as `128Mi`. @throws on any other form. */
export function parseMemory(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity);
  const unit = memoryUnits.get(match?.[2] ?? "none");
  if (match === null || unit === undefined) {
    throw new Error(`${shown(quantity)} is no memory quantity: write it like 128Mi or 1Gi`);
  }
  return roundUp(Number(match[1]) * unit);
}

/** CPU quantity in millicores, in the form that the API server keeps: whole cores without a unit. */
export function formatCpu(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${String(millicores)}m`;
}

/** Memory quantity in whole mebibytes, rounded up. */
export function formatMemory(bytes: number): string {
  return `${String(Math.ceil(bytes / 2 ** 20))}Mi`;
}

/** Next whole number, but for what floating point adds: 16.1 * 1000 is a little more than 16100. */
function roundUp(number: number): number {
  return Math.ceil(Number(number.toFixed(3)));
}
