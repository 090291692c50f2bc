import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { clusterFromVariables } from "../../cli/access/clusterVariables.ts";
import { contextName } from "../../cli/access/privateKubeconfig.ts";
import { Failure } from "../../foundation/failure.ts";
import { selfSigned } from "./certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
const { certificate, key } = selfSigned("cluster");
const other = selfSigned("other");
const KUBE_URL = "https://cluster.example.com:6443";
const KUBE_CA_PEM_FILE = join(folder, "ca.pem");
const KUBE_TOKEN = "eyJhbGciOi.very-secret.token_";
const KUBE_CA = base64(certificate);
const KUBE_CERT = base64(certificate);
const KUBE_KEY = base64(key);
writeFileSync(KUBE_CA_PEM_FILE, `# the cluster's own\n${certificate}`);
writeFileSync(join(folder, "key.pem"), key);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** @returns the one sentence, after making sure that it is one and shows no secret. */
function sentence(variables: Record<string, string>): string {
  try {
    clusterFromVariables(variables);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { message, exitCode } = error as Failure;
    expect(exitCode).toBe(2);
    expect(message).not.toContain("\n");
    for (const name of ["KUBE_TOKEN", "KUBE_KEY", "KUBE_CERT", "KUBE_CA"])
      for (const part of (variables[name] ?? "").match(/\S{6,}/g) ?? []) expect(message).not.toContain(part);
    return message;
  }
  throw new Error("no error was thrown");
}

describe("a cluster that CI variables name", () => {
  it("is none without them, and where they are empty", () => {
    expect(clusterFromVariables({})).toBeUndefined();
    expect(
      clusterFromVariables({ KUBE_URL: "", KUBE_TOKEN: "", KUBE_CA: "", KUBECONFIG: "/x" }),
    ).toBeUndefined();
  });

  it("has a token and the authority of a file", () => {
    const access = clusterFromVariables({ KUBE_URL, KUBE_TOKEN: `${KUBE_TOKEN}\n`, KUBE_CA_PEM_FILE });
    expect(access?.user).toEqual({ token: KUBE_TOKEN });
    expect(access?.cluster.server).toBe(KUBE_URL);
    expect(access && contextName(access.cluster)).toMatch(/^cluster-[0-9a-f]{12}$/);
  });

  it("may have a line end after each of its values, as files have it", () => {
    const variables = { KUBE_URL, KUBE_TOKEN, KUBE_CA_PEM_FILE };
    const ended = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, `${value}\r\n`]),
    );
    expect(clusterFromVariables(ended)).toEqual(clusterFromVariables(variables));
  });

  it("is the same cluster whichever login and form of the authority there is", () => {
    const pair = { KUBE_CERT, KUBE_KEY };
    const forms = [
      { KUBE_URL, KUBE_TOKEN, KUBE_CA_PEM_FILE },
      { KUBE_URL, KUBE_TOKEN: "another", KUBE_CA },
      { KUBE_URL: `${KUBE_URL}/`, ...pair, KUBE_CA: KUBE_CA.replaceAll(/.{64}/g, "$&\n") },
      { KUBE_URL: KUBE_URL.toUpperCase().replace("HTTPS", "https"), ...pair, KUBE_CA_PEM_FILE },
    ];
    const names = forms.map((form) => contextName(clusterFromVariables(form)?.cluster ?? { server: "" }));
    expect(new Set(names).size).toBe(1);
  });

  it("is another one with another server or authority", () => {
    const forms = [
      { KUBE_URL, KUBE_TOKEN, KUBE_CA },
      { KUBE_URL, KUBE_TOKEN },
      { KUBE_URL, KUBE_TOKEN, KUBE_CA: base64(other.certificate) },
      { KUBE_URL: `${KUBE_URL}/k8s/clusters/c-1`, KUBE_TOKEN, KUBE_CA },
    ];
    const names = forms.map((form) => contextName(clusterFromVariables(form)?.cluster ?? { server: "" }));
    expect(new Set(names).size).toBe(forms.length);
  });
});

const rightToken =
  "KUBE_TOKEN must be a bearer token of letters, digits and -._~+/, as `kubectl create token` prints it";
const rightUrl = "an https address without user, query or fragment, such as https://cluster.example.com:6443";
const noCertificate = "must hold, in base64, a certificate in PEM, which begins -----BEGIN CERTIFICATE-----";

type Case = [change: Record<string, string>, expected: string];

describe("a wrong set of CI variables", () => {
  it.each<Case>([
    [{ KUBE_URL: "http://cluster" }, `KUBE_URL is "http://cluster" but must be ${rightUrl}`],
    [{ KUBE_URL: "cluster:6443" }, `KUBE_URL is "cluster:6443" but must be ${rightUrl}`],
    [{ KUBE_URL: "https://x/?a=b" }, `KUBE_URL is "https://x/?a=b" but must be ${rightUrl}`],
    [{ KUBE_URL: "https://me:secret@cluster" }, `KUBE_URL must be ${rightUrl}`],
    [{ KUBE_URL: "me:secret@cluster" }, `KUBE_URL must be ${rightUrl}`],
    [{ KUBE_TOKEN: " \n" }, rightToken],
    [{ KUBE_TOKEN: "very-secret\nx-header: 1" }, rightToken],
    [{ KUBE_CA: "no base64!" }, "KUBE_CA must be a PEM text in base64, as `base64 -w0 FILE` prints it"],
    [{ KUBE_CA: certificate }, "KUBE_CA must be a PEM text in base64, as `base64 -w0 FILE` prints it"],
    [{ KUBE_CA: base64("hello world") }, `KUBE_CA ${noCertificate}`],
    [{ KUBE_CA: base64(certificate.replace(/M/, "-")) }, `KUBE_CA ${noCertificate}`],
    [{ KUBE_CA: base64(key) }, `KUBE_CA ${noCertificate}`],
    [
      { KUBE_CA_PEM_FILE: join(folder, "key.pem") },
      "KUBE_CA_PEM_FILE must name a file with a certificate in PEM, which begins -----BEGIN CERTIFICATE-----",
    ],
    [
      { KUBE_CA_PEM_FILE: "/nowhere" },
      "KUBE_CA_PEM_FILE /nowhere cannot be read (ENOENT): it must be the path of a PEM file with the cluster's certificate authority",
    ],
    [
      { KUBE_CA, KUBE_CA_PEM_FILE },
      "KUBE_CA and KUBE_CA_PEM_FILE are both set: set one, for they name the same thing",
    ],
    [
      { KUBE_CERT, KUBE_KEY },
      "KUBE_TOKEN and KUBE_CERT, KUBE_KEY are both set: set the token, or certificate and key",
    ],
    [
      { KUBE_TOKEN: "" },
      "KUBE_URL is set without a login: set KUBE_TOKEN, or KUBE_CERT and KUBE_KEY in base64, which must not be empty",
    ],
    [
      { KUBE_TOKEN: "", KUBE_CERT },
      "KUBE_CERT is set without KUBE_KEY: set both, in base64, or KUBE_TOKEN alone",
    ],
    [
      { KUBE_TOKEN: "", KUBE_KEY },
      "KUBE_KEY is set without KUBE_CERT: set both, in base64, or KUBE_TOKEN alone",
    ],
    [
      { KUBE_TOKEN: "", KUBE_CERT, KUBE_KEY: base64("hello") },
      "KUBE_KEY must hold, in base64, a private key in PEM without a password",
    ],
    [
      { KUBE_TOKEN: "", KUBE_CERT, KUBE_KEY: base64(other.key) },
      "KUBE_KEY is not the key of the certificate in KUBE_CERT: set the two that belong together",
    ],
    [
      { KUBE_TOKEN: "", KUBE_CERT: "%", KUBE_KEY },
      "KUBE_CERT must be a PEM text in base64, as `base64 -w0 FILE` prints it",
    ],
    [
      { KUBE_URL: "", KUBE_CA },
      "KUBE_TOKEN, KUBE_CA set without KUBE_URL: set it to the API server's address, such as https://cluster.example.com:6443",
    ],
  ])("$1", (change, expected) => {
    expect(sentence({ KUBE_URL, KUBE_TOKEN, ...change })).toBe(expected);
  });

  it("is one sentence without a secret, whatever it is", () => {
    const secret = fc
      .oneof(fc.string({ unit: "binary" }), fc.string(), fc.constantFrom(KUBE_TOKEN, KUBE_CA, KUBE_KEY))
      .map((text) => `s3cr3t${text}`);
    const value = fc.oneof(secret, secret.map(base64), fc.constantFrom("", KUBE_CA, KUBE_KEY, KUBE_CERT));
    const variables = fc.record({
      KUBE_URL: fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom("", KUBE_URL)),
      ...{ KUBE_TOKEN: value, KUBE_CA: value, KUBE_CERT: value, KUBE_KEY: value },
    });
    fc.assert(
      fc.property(variables, ({ KUBE_URL: url, ...secrets }) => {
        try {
          const access = clusterFromVariables({ KUBE_URL: url, ...secrets });
          expect(access?.cluster.server ?? "https:").toMatch(/^https:/);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          for (const text of Object.values(secrets))
            if (text !== "") expect((error as Error).message).not.toContain(text.trim());
        }
      }),
    );
  });
});
