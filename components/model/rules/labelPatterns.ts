const name = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
/** What stands between the dots of a DNS subdomain. */
export const subdomainPart = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
/** A DNS subdomain, of any length. */
export const subdomain = `${subdomainPart}(?:\\.${subdomainPart})*`;

/** The key of a label, an annotation or a taint: a name, with a DNS subdomain and a slash before it where there is one. */
export const labelKeyPattern = new RegExp(`^(?:(?=[^/]{1,253}/)${subdomain}/)?${name}$`);

/** The value of a label, which may be empty. */
export const labelValuePattern = new RegExp(`^(?:${name})?$`);
