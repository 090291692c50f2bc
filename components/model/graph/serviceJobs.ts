// What a service does beside serving: its steps before it starts, and its tasks.
import { z } from "zod";
import { mapping } from "../rules/mapping.ts";
import { isSchedule } from "../rules/schedule.ts";
import { shown } from "../rules/shown.ts";
import { checkArguments } from "../rules/size.ts";
import { text, wholeNumber } from "./demands.ts";
import type { Service } from "./service.ts";

/** A CronJob's name has at most 52 characters, so that its Jobs' names, which are longer, are labels still. */
const taskName = text(
  /^[a-z]([-a-z0-9]{0,45}[a-z0-9])?$/,
  "a DNS label of at most 47 characters with a letter first, such as nightly",
);
const scheduleRule = "the five fields of a CronJob's schedule, such as 0 3 * * *";

/** What a task consists of. @param command the rule for a command. */
export function task(command: z.ZodType) {
  return {
    command,
    schedule: z.string(scheduleRule).refine(isSchedule, scheduleRule),
    withinSeconds: wholeNumber(1, 86_400, 600).optional(),
  };
}

/** The fields of a service that are about such work. @param command the rule for a command. */
export function serviceJobs(command: z.ZodType): Record<"before" | "tasks", z.ZodType> {
  const steps = 'a list of at least one command, such as [["node", "migrate.js"]]';
  const example = '{"command": ["node", "tidy.js"], "schedule": "0 3 * * *"}';
  const one = z.strictObject(task(command), `an object of command and schedule, such as ${example}`);
  const tasks = mapping(taskName, one, `an object from name to task, such as {"nightly": ${example}}`);
  return { before: z.array(command, steps).min(1, steps).optional(), tasks: tasks.optional() };
}

/** @throws when a command is too long to be started. */
export function checkServiceJobs({ name, before = [], tasks = {} }: Service): void {
  for (const [index, command] of before.entries())
    checkArguments(`before[${String(index)}] of service ${shown(name)}`, command);
  for (const [key, { command }] of Object.entries(tasks))
    checkArguments(`tasks.${key}.command of service ${shown(name)}`, command);
}

/** @throws when two services have a task of one name, by which tasks are started. */
export function checkTaskNames(services: Service[]): void {
  const owners = new Map<string, string>();
  for (const { name, tasks = {} } of services)
    for (const task of Object.keys(tasks)) {
      const owner = owners.get(task);
      if (owner !== undefined && owner !== name)
        throw new Error(
          `services ${shown(owner)} and ${shown(name)} both have a task named ${shown(task)}: give one of the two tasks another name`,
        );
      owners.set(task, name);
    }
}
