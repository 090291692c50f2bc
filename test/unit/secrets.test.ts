import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { RegistrySecret } from "../../components/index.ts";
import { generatedPassword, registryPassword } from "../golden/passwords.ts";
import {
  construct,
  constructPreview,
  exampleSettings,
  mapSecrets,
  type Construction,
} from "../golden/preview.ts";

const login = btoa(`puller:${registryPassword}`);
const secretTexts = [registryPassword, generatedPassword, login];

/** `resource: secrets` for each registered resource that has some. */
function secretsOf({ resources }: Construction): Record<string, unknown[]> {
  const found = resources.map(({ type, name, inputs }): [string, unknown[]] => {
    const secrets: unknown[] = [];
    mapSecrets(inputs, (secret) => secrets.push(secret));
    return [`${type.split(":").at(-1) ?? ""} ${name}`, secrets];
  });
  return Object.fromEntries(found.filter(([, secrets]) => secrets.length > 0));
}

function openTexts({ resources, outputs }: Construction): string {
  return JSON.stringify(mapSecrets([resources, outputs], () => "[secret]"));
}

const dockerConfig = {
  ".dockerconfigjson": JSON.stringify({
    auths: { "registry.example.com": { username: "puller", password: registryPassword, auth: login } },
  }),
};

describe.each([
  ["as a secret", pulumi.secret(registryPassword)],
  ["as a plain text", pulumi.output(registryPassword)],
])("a registry password that is given %s", (_how, password) => {
  let preview: Construction;
  beforeAll(async () => {
    preview = await constructPreview({ registry: { ...exampleSettings.registry, password } });
  });

  it("reaches the resources that need it as a secret", () => {
    expect(secretsOf(preview)).toEqual({
      "EphemeralEnvironment preview": [registryPassword],
      "RegistrySecret preview-registry": [registryPassword],
      "Secret preview-registry": [dockerConfig],
      "Secret preview-sock-shop-catalogue-db-password": [{ password: generatedPassword }],
    });
  });

  it("makes the Secret's whole content secret, since the provider looks at top-level properties only", () => {
    const secrets = preview.resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
    const contents = secrets.map(({ inputs }) => mapSecrets(inputs.stringData, () => "[secret]"));
    expect(contents).toEqual(["[secret]", "[secret]"]);
  });

  it("is in no other input and in no output", () => {
    const open = openTexts(preview);
    expect(secretTexts.filter((text) => open.includes(text))).toEqual([]);
  });
});

describe("a registry secret of its own", () => {
  it("makes a plain password secret", async () => {
    const args = { ...exampleSettings.registry, namespace: "staging", password: registryPassword };
    const constructed = await construct(() => new RegistrySecret("login", args));
    expect(secretsOf(constructed)).toEqual({
      "RegistrySecret login": [registryPassword],
      "Secret login": [dockerConfig],
    });
    expect(openTexts(constructed)).not.toContain(registryPassword);
  });
});

describe("a preview whose image is built", () => {
  it("gives the password to the build as a secret", async () => {
    const preview = await constructPreview({ image: undefined });
    expect(secretsOf(preview)["Image deals"]).toEqual([registryPassword]);
    const open = openTexts(preview);
    expect(secretTexts.filter((text) => open.includes(text))).toEqual([]);
  });
});
