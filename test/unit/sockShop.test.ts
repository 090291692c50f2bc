import { describe, expect, it } from "vitest";
import {
  environmentVariables,
  passwordSecretName,
} from "../../components/model/graph/environmentVariables.ts";
import { closure, edges } from "../../components/model/graph/graph.ts";
import { imageReference } from "../../components/model/graph/images.ts";
import { podAnnotations, servicePodSpec } from "../../components/model/objects/podSpec.ts";
import type { Catalogue } from "../../components/model/graph/service.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import { subset, type Wanted } from "../../components/model/graph/subset.ts";
import { namesOf, service } from "./randomServices.ts";

const image = { repository: "shop/x", tag: "1", digest: `sha256:${"0".repeat(64)}` };
const deployed = (wanted: Wanted) => namesOf(subset(sockShop, wanted)).sort();

const user = ["user", "user-db"];
const catalogue = ["catalogue", "catalogue-db"];
const carts = ["carts", "carts-db"];
const orders = ["orders", "orders-db", "payment", "shipping", ...user, ...carts];

describe("a subset of Sock Shop", () => {
  it.each<[string, Wanted, string[]]>([
    ["browsing by API", { names: ["catalogue"] }, catalogue],
    ["browsing in the web page", { functions: ["browse"] }, ["front-end", ...catalogue]],
    ["logging in by API", { names: ["user"] }, user],
    ["logging in on the web page", { functions: ["login"] }, ["front-end", ...user]],
    [
      "registering on the web page",
      { functions: ["login"], names: ["carts"] },
      ["front-end", ...user, ...carts],
    ],
    ["a cart by API", { names: ["carts"] }, carts],
    ["a cart on the web page", { functions: ["cart"] }, ["front-end", ...catalogue, ...carts]],
    ["ordering by API", { names: ["orders"] }, orders],
    ["ordering by API with a queue", { names: ["orders", "rabbitmq"] }, [...orders, "rabbitmq"]],
    ["ordering on the web page", { functions: ["order"] }, ["front-end", ...catalogue, ...orders]],
    [
      "ordering with sessions that outlive the web page",
      { functions: ["order"], names: ["session-db"] },
      ["front-end", "session-db", ...catalogue, ...orders],
    ],
    [
      "all of it",
      { functions: ["order"], names: ["session-db", "queue-master"] },
      ["front-end", "session-db", "queue-master", "rabbitmq", ...catalogue, ...orders],
    ],
    ["nothing", {}, []],
    [
      "two functions that share services",
      { functions: ["browse", "login"] },
      ["front-end", ...catalogue, ...user],
    ],
  ])("for %s is what the table says", (_what, wanted, expected) => {
    expect(deployed(wanted)).toEqual(expected.sort());
  });

  it.each<[number, Wanted]>([
    [2, { names: ["catalogue"] }],
    [2, { names: ["user"] }],
    [2, { names: ["carts"] }],
    [8, { names: ["orders"] }],
    [3, { functions: ["browse"] }],
    [3, { functions: ["login"] }],
    [5, { functions: ["cart"] }],
    [11, { functions: ["order"] }],
    [12, { functions: ["order"], names: ["session-db"] }],
    [14, { functions: ["order"], names: ["session-db", "queue-master"] }],
  ])("has %d services for %j", (count, wanted) => {
    expect(deployed(wanted)).toHaveLength(count);
  });

  it("refuses a function that there is not, and guesses which was meant", () => {
    expect(() => subset(sockShop, { functions: ["logn"] })).toThrow(
      new Error('function "logn" is not in the catalogue: did you mean login?'),
    );
    expect(() => subset(sockShop, { functions: ["constructor"] })).toThrow(
      new Error('function "constructor" is not in the catalogue: known are browse, cart, login, order'),
    );
  });

  it("refuses a service that there is not, and guesses which was meant", () => {
    expect(() => subset(sockShop, { names: ["catalouge"] })).toThrow(
      new Error('service "catalouge" is not in the graph: did you mean catalogue?'),
    );
  });
});

describe("a service of Sock Shop", () => {
  const healthPaths = sockShop.services.map(({ name, healthPath }) => [name, healthPath]);
  const commandOf = (name: string) => sockShop.services.find((one) => one.name === name)?.command;

  it("is asked for its health where it has a page that tells of itself alone", () => {
    const asked = healthPaths.filter(([, path]) => path !== undefined).map(([name]) => name);
    expect(asked.sort()).toEqual([
      ...["carts", "catalogue", "front-end", "orders", "payment", "queue-master", "user"],
    ]);
  });

  it.each([
    ["catalogue-db", "mysqld"],
    ["rabbitmq", "rabbitmq-server"],
  ])("that grows with the limit of open files has a lower one: %s", (name, program) => {
    expect(commandOf(name)).toEqual(["sh", "-c", `ulimit -n 65536; exec docker-entrypoint.sh ${program}`]);
  });
});

describe("a catalogue of one's own", () => {
  const own: Catalogue = {
    services: [
      { ...service("search", { uses: ["index"] }), image },
      { ...service("index"), image },
      { ...service("mail"), image },
    ],
    functions: { find: ["search"] },
  };

  it("has services and functions of its own", () => {
    expect(namesOf(subset(own, { functions: ["find"] }))).toEqual(["index", "search"]);
    expect(namesOf(subset(own, { names: ["mail"] }))).toEqual(["mail"]);
  });

  it("knows none of Sock Shop's", () => {
    expect(() => subset(own, { functions: ["browse"] })).toThrow(
      new Error('function "browse" is not in the catalogue: known are find'),
    );
    expect(() => subset(own, { names: ["catalogue"] })).toThrow(
      new Error('service "catalogue" is not in the graph: known are index, mail, search'),
    );
  });

  it("is refused when a service that is wanted has no image, and when its digest is none", () => {
    const bare = { ...service("bare") } as Catalogue["services"][number];
    expect(() => subset({ ...own, services: [bare] }, { names: ["bare"] })).toThrow(
      new Error(
        'image of service "bare" is missing: give its repository and tag, as Sock Shop\'s services do',
      ),
    );
    const moving = { ...bare, image: { ...image, digest: "latest" } };
    expect(() => subset({ ...own, services: [moving] }, { names: ["bare"] })).toThrow(
      new Error(
        `image.digest of service "bare" is "latest" but must be a digest, such as sha256:${"0".repeat(64)}`,
      ),
    );
  });

  it("is refused when a function names a service that it lacks", () => {
    expect(() => subset({ ...own, functions: { find: ["serach"] } }, { functions: ["find"] })).toThrow(
      new Error('service "serach" is not in the graph: did you mean search?'),
    );
  });
});

describe("the edges of Sock Shop", () => {
  const called = (wanted: Wanted) =>
    edges(subset(sockShop, wanted))
      .filter(({ from }) => from !== "test-runner")
      .map(({ from, to }) => `${from} -> ${to}`)
      .sort();

  it("are those of the function, and not those of others", () => {
    expect(called({ functions: ["login"] })).toEqual(["front-end -> user", "user -> user-db"]);
    expect(called({ functions: ["browse"] })).toEqual([
      "catalogue -> catalogue-db",
      "front-end -> catalogue",
    ]);
  });

  it("are all of the published graph where all is deployed", () => {
    const ofOrders = ["orders-db", "user", "carts", "payment", "shipping"].map((to) => `orders -> ${to}`);
    const ofPage = ["catalogue", "carts", "user", "orders", "session-db"].map((to) => `front-end -> ${to}`);
    const others = ["catalogue", "carts", "user"].map((from) => `${from} -> ${from}-db`);
    const queue = ["shipping -> rabbitmq", "queue-master -> rabbitmq"];
    expect(called({ names: namesOf(sockShop.services) })).toEqual(
      [...ofOrders, ...ofPage, ...others, ...queue].sort(),
    );
  });
});

describe.each(sockShop.services)("$name", (one) => {
  const services = closure(sockShop.services, [one.name]);
  const { container, securityContext } = servicePodSpec(one, services);

  it("passes the rules for services", () => {
    expect(() => {
      checkServices([one]);
    }).not.toThrow();
  });

  it("is pinned by digest", () => {
    expect(imageReference(one.image, { prefix: "mirror.example.com" })).toMatch(
      /^mirror\.example\.com\/(weaveworksdemos|library)\/[a-z-]+:[\w.-]+@sha256:[0-9a-f]{64}$/,
    );
  });

  it("runs as a user other than root, who can gain nothing", () => {
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(securityContext.runAsUser).toBeGreaterThan(0);
    expect(securityContext.runAsGroup).toBeGreaterThan(0);
    expect(container.securityContext.allowPrivilegeEscalation).toBe(false);
    expect(container.securityContext.capabilities?.drop).toEqual(["ALL"]);
  });

  it("has limits, and does not write beside its volumes without saying so", () => {
    expect(container.resources.limits).toEqual({
      cpu: expect.stringMatching(/^\d+m?$/) as string,
      memory: expect.stringMatching(/^\d+Mi$/) as string,
      "ephemeral-storage": "1Gi",
    });
    expect(container.securityContext.readOnlyRootFilesystem).toBe(
      podAnnotations(one)["dynenv/writable-root"] === undefined,
    );
  });

  it("takes the passwords of services that come with it only", () => {
    const secrets = environmentVariables(one, services).flatMap(
      ({ valueFrom }) => valueFrom?.secretKeyRef ?? [],
    );
    const there = namesOf(services).map(passwordSecretName);
    expect(secrets.filter(({ name, key }) => !there.includes(name) || key !== "password")).toEqual([]);
  });

  it("refers in its command and its variables to variables that it has", () => {
    const variables = environmentVariables(one, services);
    const texts = [...(one.command ?? []), ...(one.args ?? []), ...variables.map(({ value = "" }) => value)];
    const referred = texts.flatMap((text) => [...text.matchAll(/\$\(([^)]*)\)/g)].map(([, name]) => name));
    expect(referred.filter((name) => !variables.some((variable) => variable.name === name))).toEqual([]);
  });
});

describe("the images of Sock Shop", () => {
  it("are all of different repositories, but for the two databases of one kind", () => {
    const repositories = sockShop.services.map((one) => one.image.repository);
    expect(repositories.filter((name, index) => repositories.indexOf(name) < index)).toEqual([
      "library/mongo",
    ]);
  });
});
