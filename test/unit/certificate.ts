import { execFileSync } from "node:child_process";

/** A certificate of its own authority, and its key. */
export function selfSigned(name: string, ...more: string[]): { certificate: string; key: string } {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const args = [
    "req",
    "-x509",
    ...curve,
    "-keyout",
    "-",
    "-out",
    "-",
    "-days",
    "2",
    "-subj",
    `/CN=${name}`,
    ...more,
  ];
  const text = execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const block = (kind: string) =>
    new RegExp(`-----BEGIN ${kind}-----.*-----END ${kind}-----\n`, "s").exec(text)?.[0] ?? "";
  return { certificate: block("CERTIFICATE"), key: block("PRIVATE KEY") };
}
