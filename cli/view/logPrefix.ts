import { styleText } from "node:util";

const colours = ["cyan", "yellow", "green", "magenta", "blue"] as const;

/** Whose lines are shown. */
export interface Shown {
  /** Name of each service to how many pods it is to have. */
  services: ReadonlyMap<string, number>;
  /** The one whose log alone is shown. Default: those of all are. */
  service?: string | undefined;
}

/**
 * What stands before each line of a log. With several services that is whose it is, with several pods of one the end of the
 * pod's name too. Else it is blanks: what a log says never stands in the first column, where some CI systems look for
 * commands.
 * @param terminal where it goes, which decides on colours.
 */
export function logPrefix(
  { services, service }: Shown,
  terminal: NodeJS.WritableStream,
): (service: string, pod: string) => string {
  const names = [...services.keys()].sort();
  const prefix = (name: string, pod: string) => {
    const ofPod = (services.get(name) ?? 1) > 1 ? [pod.split("-").at(-1) ?? ""] : [];
    return [...(service === undefined ? [name] : []), ...ofPod].join("/");
  };
  const widest = Math.max(0, ...names.map((name) => prefix(name, "-12345").length));
  return (name, pod) => {
    const text = prefix(name, pod);
    if (text === "") return "  ";
    const colour = colours[Math.max(0, names.indexOf(name)) % colours.length] ?? "cyan";
    return `${styleText(colour, `${text.padEnd(widest)} |`, { stream: terminal })} `;
  };
}
