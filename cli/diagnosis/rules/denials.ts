/** What programs say that start as root alone, or that cannot become another user. */
const sayings = [
  /\b(must|should|(needs?|has|have) to|can only) (be )?(run|started|executed|launched)( \w+)? (as|by) (the )?(root|superuser)\b/i,
  /\bmust be (the )?(root|superuser)\b/i,
  /\b(requires?|needs?) (root|superuser)\b/i,
  /\bnot running as root\b|\bare you root\b/i,
  /\b(setuid|setgid|setgroups|initgroups|chown|switching to)\b.*\boperation not permitted\b/i,
];

/** The line by which a program says that it insists on root; nothing where none of its last lines does. */
export function insistsOnRoot(lines: string[]): string | undefined {
  return lines.findLast((line) => sayings.some((saying) => saying.test(line)));
}

/** The line by which a program says that it wants to write where nothing may be written; nothing where none does. */
export function writesWhereNoneMay(lines: string[]): string | undefined {
  return lines.findLast((line) => /\bEROFS\b|\bread-only file ?system\b/i.test(line));
}
