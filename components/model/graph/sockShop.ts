import type { Catalogue, PublishedImage } from "./service.ts";

const small = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "200Mi" } };
const database = { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } };
const databaseUser = 999;

// MySQL's and RabbitMQ's memory grow with the limit of open files, which container runtimes set to a thousand million.
const fewerFiles = "ulimit -n 65536";

/** The images listen on 80, which a process without privileges may not. */
const ports = { port: 80, containerPort: 8080 };
const http = { ...ports, healthPath: "/health" };

// The binary carries this file capability; with an empty bounding set the kernel refuses to start it.
const carriesCapability = { capabilities: ["NET_BIND_SERVICE"] };

const java = {
  ...ports,
  ...carriesCapability,
  // The entry point ends in `--port=80`, so that an argument alone would not do.
  command: ["/usr/local/bin/java.sh", "-jar", "./app.jar"],
  args: ["--port=8080"],
  writablePaths: ["/tmp"],
  requests: { cpu: "50m", memory: "256Mi" },
  limits: { cpu: "1", memory: "512Mi" },
};
const javaEnvironment = {
  JAVA_OPTS:
    "-Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom -Dspring.zipkin.enabled=false",
};

/** The newest series that the Java services' driver can talk to. */
const mongo = {
  image: image("library/mongo", "3.4.24", "6c24a2d79ac97db10f360b45af2e02cae0fd92067e01b773a7766591534c9620"),
  port: 27017,
  containerPort: 27017,
  args: ["--wiredTigerCacheSizeGB=0.25"],
  environment: { MONGO_INITDB_ROOT_USERNAME: "shop" },
  writablePaths: ["/data/db", "/data/configdb", "/tmp"],
  user: databaseUser,
  ...database,
};

/**
 * The services of the Sock Shop demo, with what the shipped images need under the Pod Security profile `restricted`,
 * and the functions of its web page. Ports and images: microservices-demo/microservices-demo,
 * deploy/kubernetes/complete-demo.yaml at 9dff06f; the page loads from `front-end`, which calls what a function needs.
 */
export const sockShop: Catalogue = {
  services: [
    {
      name: "front-end",
      image: demo("front-end", "0.3.12", "26a2d9b6b291dee2dca32fca3f5bff6c2fa07bb5954359afcbc8001cc70eac71"),
      port: 80,
      containerPort: 8079,
      healthPath: "/",
      optionalUses: [
        { service: "catalogue" },
        { service: "carts" },
        { service: "user" },
        { service: "orders" },
        // Any value makes it keep sessions in Redis, and without Redis it then answers 500.
        { service: "session-db", environment: { SESSION_REDIS: "true" } },
      ],
      requests: { cpu: "50m", memory: "128Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    },
    {
      name: "catalogue",
      image: demo("catalogue", "0.3.5", "0147a65b7116569439eefb1a6dbed455fe022464ef70e0c3cab75bc4a226b39b"),
      ...http,
      uses: ["catalogue-db"],
      command: ["/app"],
      args: ["-port=8080", "-DSN=catalogue:$(CATALOGUE_DB_PASSWORD)@tcp($(CATALOGUE_DB_ADDRESS))/socksdb"],
      passwords: { CATALOGUE_DB_PASSWORD: "catalogue-db" },
      ...carriesCapability,
      ...small,
    },
    {
      name: "catalogue-db",
      image: demo(
        "catalogue-db",
        "0.3.0",
        "7ba74ec9adf88f6625b8d85d3323d1ee5232b39877e1590021ea485cf9457251",
      ),
      port: 3306,
      containerPort: 3306,
      environment: {
        MYSQL_DATABASE: "socksdb",
        MYSQL_USER: "catalogue",
      },
      command: ["sh", "-c", `${fewerFiles}; exec docker-entrypoint.sh mysqld`],
      // A random password of root's would be printed by the image, and stay in its log.
      passwords: { MYSQL_PASSWORD: "catalogue-db", MYSQL_ROOT_PASSWORD: "catalogue-db" },
      writablePaths: ["/var/lib/mysql", "/var/run/mysqld", "/tmp"],
      user: databaseUser,
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "1", memory: "512Mi" },
    },
    {
      name: "carts",
      image: demo("carts", "0.4.8", "434d2f5a6e0e8beef1f253fe96f45b8437a703125fc003434c5282ecf8969a4f"),
      ...java,
      ...http,
      uses: ["carts-db"],
      environment: {
        ...javaEnvironment,
        SPRING_DATA_MONGODB_URI:
          "mongodb://shop:$(CARTS_DB_PASSWORD)@$(CARTS_DB_ADDRESS)/data?authSource=admin",
      },
      passwords: { CARTS_DB_PASSWORD: "carts-db" },
    },
    { name: "carts-db", ...mongo, passwords: { MONGO_INITDB_ROOT_PASSWORD: "carts-db" } },
    {
      name: "user",
      image: demo("user", "0.4.7", "2ffccc332963c89e035fea52201012208bf62df43a55fe461ad6598a5c757ab7"),
      ...http,
      uses: ["user-db"],
      command: ["/user"],
      args: ["-port=8080"],
      environment: { MONGO_HOST: "$(USER_DB_ADDRESS)" },
      ...carriesCapability,
      ...small,
    },
    {
      name: "user-db",
      image: demo("user-db", "0.3.0", "695bc22c11396c7ae747118c56e619f3b3295d9d4cbec999d30230b3f399a389"),
      port: 27017,
      containerPort: 27017,
      // Its accounts lie in the image, below /data/db-users: an emptyDir there would hide them.
      readOnlyRootFilesystem: false,
      writablePaths: ["/tmp"],
      user: databaseUser,
      ...database,
    },
    {
      name: "orders",
      image: demo("orders", "0.4.7", "b622e40e83433baf6374f15e076b53893f79958640fc6667dff597622eff03b9"),
      ...java,
      ...http,
      // It calls user and carts at the addresses that an order's request names.
      uses: ["orders-db", "user", "carts", "payment", "shipping"],
      environment: {
        ...javaEnvironment,
        SPRING_DATA_MONGODB_URI:
          "mongodb://shop:$(ORDERS_DB_PASSWORD)@$(ORDERS_DB_ADDRESS)/data?authSource=admin",
      },
      passwords: { ORDERS_DB_PASSWORD: "orders-db" },
    },
    { name: "orders-db", ...mongo, passwords: { MONGO_INITDB_ROOT_PASSWORD: "orders-db" } },
    {
      name: "payment",
      image: demo("payment", "0.4.3", "5ab1c9877480a018d4dda10d6dfa382776e6bca9fc1c60bacbb80903fde8cfe0"),
      ...http,
      command: ["/app"],
      args: ["-port=8080"],
      ...carriesCapability,
      ...small,
    },
    {
      name: "shipping",
      image: demo("shipping", "0.4.8", "983305c948fded487f4a4acdeab5f898e89d577b4bc1ca3de7750076469ccad4"),
      ...java,
      environment: javaEnvironment,
      // Orders are accepted without a queue, too; its health page then tells of a failure, so it is not asked.
      optionalUses: [{ service: "rabbitmq" }],
    },
    {
      name: "queue-master",
      image: demo(
        "queue-master",
        "0.3.1",
        "6292d3095f4c7aeed8d863527f8ef6d7a75d3128f20fc61e57f398c100142712",
      ),
      ...java,
      ...http,
      environment: javaEnvironment,
      uses: ["rabbitmq"],
    },
    {
      name: "rabbitmq",
      image: image(
        "library/rabbitmq",
        "3.6.8-management",
        "0297618bd60270f03665448b02b3b1110dfc51fae60a3c6804005169f0904dad",
      ),
      port: 5672,
      containerPort: 5672,
      command: ["sh", "-c", `${fewerFiles}; exec docker-entrypoint.sh rabbitmq-server`],
      writablePaths: ["/var/lib/rabbitmq", "/var/log/rabbitmq", "/tmp"],
      user: databaseUser,
      ...database,
    },
    {
      name: "session-db",
      image: image(
        "library/redis",
        "7.4.2-alpine",
        "02419de7eddf55aa5bcf49efb74e88fa8d931b4d77c07eff8a6b2144472b6952",
      ),
      port: 6379,
      containerPort: 6379,
      // When saving fails, Redis refuses writes and logins break.
      command: ["redis-server"],
      args: ["--save", "", "--appendonly", "no"],
      writablePaths: ["/data"],
      user: databaseUser,
      ...small,
    },
  ],
  functions: {
    browse: ["front-end", "catalogue"],
    login: ["front-end", "user"],
    cart: ["front-end", "catalogue", "carts"],
    order: ["front-end", "catalogue", "orders"],
  },
};

function demo(service: string, tag: string, sha256: string): PublishedImage {
  return image(`weaveworksdemos/${service}`, tag, sha256);
}

function image(repository: string, tag: string, sha256: string): PublishedImage {
  return { repository, tag, digest: `sha256:${sha256}` };
}
