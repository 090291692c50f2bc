import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { named, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ClusterEntry, UserEntry } from "../../foundation/kubeconfig.ts";

/** A cluster and what opens it, as a kubeconfig's entries tell them. */
export interface ClusterAccess {
  cluster: ClusterEntry & { server: string };
  user: UserEntry;
  /** Settings of the context beside cluster and user, and the name that it had. */
  context?: Record<string, unknown>;
  alias?: string;
}

type Variables = Record<string, string | undefined>;

const names = ["KUBE_TOKEN", "KUBE_CA_PEM_FILE", "KUBE_CA", "KUBE_CERT", "KUBE_KEY"] as const;

/**
 * Access as CI variables tell it: KUBE_URL with KUBE_TOKEN, or with KUBE_CERT and KUBE_KEY in base64; the cluster's
 * certificate authority by KUBE_CA_PEM_FILE, a path, or by KUBE_CA in base64. An empty variable counts as unset.
 * @returns nothing where none of them is set.
 * @throws when one is wrong or missing, in one sentence that shows no secret.
 */
export function clusterFromVariables(variables: Variables): ClusterAccess | undefined {
  const url = (variables.KUBE_URL ?? "").trim();
  const others = names.filter((name) => isSet(variables, name));
  if (url === "" && others.length === 0) return undefined;
  if (url === "")
    throw wrong(
      `${others.join(", ")} set without KUBE_URL: set it to the API server's address, such as https://cluster.example.com:6443`,
    );
  const server = serverIn(url);
  const authority = authorityIn(variables);
  return {
    cluster: {
      server,
      ...(authority !== undefined && { "certificate-authority-data": encoded(authority) }),
    },
    user: userIn(variables),
  };
}

function serverIn(url: string): string {
  const rule = "an https address without user, query or fragment, such as https://cluster.example.com:6443";
  // A login in an address is a secret, wherever it stands.
  const given = /^[!-?A-~]*$/.test(url) ? ` is ${shown(url)} but` : "";
  const parsed = new URL(URL.canParse(url) ? url : "about:blank");
  const { protocol, username, password, search, hash, href } = parsed;
  if (protocol !== "https:" || [username, password, search, hash].some((part) => part !== ""))
    throw wrong(`KUBE_URL${given} must be ${rule}`);
  return href.replace(/\/$/, "");
}

/** Nothing where the system's own certificate authorities do. */
function authorityIn(variables: Variables): string | undefined {
  const { KUBE_CA: text = "", KUBE_CA_PEM_FILE: path = "" } = variables;
  if (text !== "" && path !== "")
    throw wrong("KUBE_CA and KUBE_CA_PEM_FILE are both set: set one, for they name the same thing");
  if (text !== "") return certificates("KUBE_CA", decoded("KUBE_CA", text));
  if (path === "") return undefined;
  return certificates("KUBE_CA_PEM_FILE", contentOf(path.trim()));
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    // Somebody may have put the text itself into the variable.
    const given = path.includes("\n") || path.length > 300 ? "" : ` ${named(path)}`;
    throw wrong(
      `KUBE_CA_PEM_FILE${given} cannot be read (${code}): it must be the path of a PEM file with the cluster's certificate authority`,
    );
  }
}

function userIn(variables: Variables): UserEntry {
  const pair = ["KUBE_CERT", "KUBE_KEY"].filter((name) => isSet(variables, name));
  const token = variables.KUBE_TOKEN ?? "";
  if (token !== "" && pair.length > 0)
    throw wrong(`KUBE_TOKEN and ${pair.join(", ")} are both set: set the token, or certificate and key`);
  if (token !== "") return { token: checkedToken(token) };
  if (pair.length === 0)
    throw wrong(
      "KUBE_URL is set without a login: set KUBE_TOKEN, or KUBE_CERT and KUBE_KEY in base64, which must not be empty",
    );
  const [missing] = ["KUBE_CERT", "KUBE_KEY"].filter((name) => !pair.includes(name));
  if (missing !== undefined)
    throw wrong(`${pair.join()} is set without ${missing}: set both, in base64, or KUBE_TOKEN alone`);
  const certificate = certificates("KUBE_CERT", decoded("KUBE_CERT", variables.KUBE_CERT ?? ""));
  const key = checkedKey(decoded("KUBE_KEY", variables.KUBE_KEY ?? ""), certificate);
  return { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) };
}

/** What HTTP takes as a bearer token (RFC 6750); a line end, as files have it, does no harm. */
function checkedToken(token: string): string {
  const text = token.trim();
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(text)) return text;
  throw wrong(
    "KUBE_TOKEN must be a bearer token of letters, digits and -._~+/, as `kubectl create token` prints it",
  );
}

function decoded(name: string, text: string): string {
  const bare = text.replaceAll(/\s/g, "");
  if (bare === "" || bare.length % 4 === 1 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare))
    throw wrong(`${name} must be a PEM text in base64, as \`base64 -w0 FILE\` prints it`);
  return Buffer.from(bare, "base64").toString("utf8");
}

const certificateBlock = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** The certificates of a PEM text. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(certificateBlock) ?? []).map((block) => new X509Certificate(block));
}

function certificates(name: string, pem: string): string {
  const inBase64 = name === "KUBE_CA_PEM_FILE" ? "name a file with" : "hold, in base64,";
  const failure = wrong(
    `${name} must ${inBase64} a certificate in PEM, which begins -----BEGIN CERTIFICATE-----`,
  );
  try {
    if (certificatesIn(pem).length > 0) return pem;
  } catch {
    throw failure;
  }
  throw failure;
}

function checkedKey(pem: string, certificate: string): string {
  let fits: boolean | undefined;
  try {
    fits = certificatesIn(certificate)[0]?.checkPrivateKey(createPrivateKey(pem));
  } catch {
    throw wrong("KUBE_KEY must hold, in base64, a private key in PEM without a password");
  }
  if (fits !== true)
    throw wrong("KUBE_KEY is not the key of the certificate in KUBE_CERT: set the two that belong together");
  return pem;
}

function isSet(variables: Variables, name: string): boolean {
  return (variables[name] ?? "") !== "";
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

function wrong(sentence: string): Failure {
  return new Failure("usage", sentence);
}
