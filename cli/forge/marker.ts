/** Whose comment it is: one for each merge request and project, about one environment at a time. */
export interface Subject {
  project: string;
  /** Name of the environment's stack. */
  stack: string;
}

/** What a comment begins with, which nobody sees: whose it is, and which environment it is about. */
export function markerOf({ project, stack }: Subject): string {
  return `${beginningOf(project)}${written(stack)} -->`;
}

/** Whether a comment begins with the marker of a project. What it says further down is text of anybody's. */
export function isMarked(body: string, project: string): boolean {
  return body.startsWith(beginningOf(project));
}

/** Whether it is about this very environment. */
export function isAbout(body: string, subject: Subject): boolean {
  return body.startsWith(markerOf(subject));
}

function beginningOf(project: string): string {
  return `<!-- dynenv:${written(project)}:`;
}

/** A name without what could end the comment, or be taken for the end of the name. */
function written(name: string): string {
  return name.replace(/[^\w./-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
