/** What a field of a schedule may hold, as the parser of Kubernetes' CronJobs has it. */
interface Field {
  min: number;
  max: number;
  /** Names of values, from the first one on. */
  names?: string[];
}

const fields: Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { min: 0, max: 6, names: "sun mon tue wed thu fri sat".split(" ") },
];

const words = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** Whether Kubernetes takes a text as the schedule of a CronJob: five fields, or a word that stands for some. */
export function isSchedule(text: string): boolean {
  if (words.includes(text)) return true;
  const parts = text.split(/ +/);
  return parts.length === fields.length && fields.every((field, index) => isField(parts[index] ?? "", field));
}

function isField(text: string, field: Field): boolean {
  return text.split(",").every((range) => isRange(range, field));
}

/** `*`, a value, or two with a dash between; each may have a step behind a slash. */
function isRange(text: string, field: Field): boolean {
  const [range = "", step = "1", ...more] = text.split("/");
  if (more.length > 0 || !/^\d{1,9}$/.test(step) || Number(step) === 0) return false;
  if (range === "*" || range === "?") return true;
  const ends = range.split("-").map((end) => valueOf(end, field));
  const [first = NaN, last = first] = ends;
  return ends.length <= 2 && field.min <= first && first <= last && last <= field.max;
}

/** The number that is meant; `NaN` where there is none. */
function valueOf(text: string, { min, names = [] }: Field): number {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return min + index;
  return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
}
