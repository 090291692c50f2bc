import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { BackingServices, sockShop } from "../../components/index.ts";
import { pushPassword, registryPassword } from "../golden/passwords.ts";
import { generatedPassword } from "../../rendering/construction.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { constructPreview, exampleSettings } from "../golden/preview.ts";
import { construct, mapSecrets, type Construction } from "../../rendering/construction.ts";
import { kindOf, openTexts, secretsOf } from "./registrations.ts";

const login = btoa(`puller:${registryPassword}`);
const secretTexts = [registryPassword, pushPassword, generatedPassword, login];
const { server = "", username = "" } = exampleSettings.pull ?? {};

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
    preview = await constructPreview({ pull: { server, username, password } });
  });

  it("reaches the resources that need it as a secret", () => {
    expect(secretsOf(preview)).toEqual({
      "Secret preview-registry": [dockerConfig],
      "Secret preview-backing-catalogue-db-password": [{ password: generatedPassword }],
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

describe("a preview whose image is built", () => {
  it("gives the login that pushes to the build alone, as a secret", async () => {
    const preview = await constructPreview({ images: {} });
    expect(secretsOf(preview)["Image preview-image"]).toEqual([pushPassword]);
    expect(secretsOf(preview)["Secret preview-registry"]).toEqual([dockerConfig]);
    const open = openTexts(preview);
    expect(secretTexts.filter((text) => open.includes(text))).toEqual([]);
  });
});

describe.each([
  ["as a secret", pulumi.secret("database-token")],
  ["as a plain text", "database-token"],
])("a secret of a service of the catalogue that is given %s", (_how, token) => {
  it("is kept in a Secret of that service's alone, and is in no other input and in no output", async () => {
    const args = { namespace: "env-a", catalogue: sockShop, names: ["catalogue"] };
    const shop = await construct(
      () => new BackingServices("shop", { ...args, serviceSecrets: { "catalogue-db": { TOKEN: token } } }),
    );
    expect(secretsOf(shop)["Secret shop-catalogue-db-secrets"]).toEqual([{ TOKEN: "database-token" }]);
    expect(openTexts(shop)).not.toContain("database-token");
    const readers = manifestsOf(shop).filter((manifest) =>
      JSON.stringify(manifest).includes('"secretRef":{"name":"shop-catalogue-db-secrets'),
    );
    expect(readers.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ["Deployment", "catalogue-db"],
    ]);
  });
});

describe("a generated password", () => {
  it("is of letters and digits, since it becomes part of a data source name, and one for each owner", async () => {
    const { resources } = await constructPreview({ services: ["carts", "catalogue"] });
    const passwords = resources.filter((resource) => kindOf(resource) === "RandomPassword");
    expect(passwords.map(({ name, inputs }) => [name, inputs])).toEqual([
      ["preview-backing-catalogue-db-password", { length: 32, special: false }],
      ["preview-backing-carts-db-password", { length: 32, special: false }],
    ]);
  });
});
