import type { Catalogue, CatalogueService, PublishedImage } from "./service.ts";

/** Account and database that users of a service get: without a volume, what is in them lives as long as the pod. */
const account = "app";

/** The number of the images' own account, which their files belong to. */
const user = 999;

// The memory of some servers grows with the limit of open files, which container runtimes set to a thousand million.
const fewerFiles = "ulimit -n 65536";

const database = { requests: { cpu: "50m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } };
const small = { requests: { cpu: "25m", memory: "64Mi" }, limits: { cpu: "500m", memory: "256Mi" } };

/** Below the limit with room for connections: Redis then refuses what is too much, and is not ended for it. */
const maxMemory = "192mb";

const postgres: CatalogueService = {
  name: "postgres",
  image: image(
    "library/postgres",
    "17.11",
    "f4c66b820c6f974249089d3d16d86a3698eae11e8746eb6644b2271031e91232",
  ),
  ...samePort(5432),
  // What nobody keeps need not be safe from a power cut.
  args: ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
  withVolume: { args: [], environment: { POSTGRES_INITDB_ARGS: "" } },
  environment: {
    POSTGRES_USER: account,
    POSTGRES_DB: account,
    POSTGRES_INITDB_ARGS: "--no-sync",
    // A volume belongs to root, but PostgreSQL wants to own its folder.
    PGDATA: "/var/lib/postgresql/data/pgdata",
  },
  passwords: { POSTGRES_PASSWORD: "postgres" },
  gives: url("postgres", "DATABASE_URL", "POSTGRES_URL"),
  writablePaths: ["/var/lib/postgresql/data", "/var/run/postgresql", "/tmp"],
  user,
  ...database,
};

const mysql: CatalogueService = {
  name: "mysql",
  image: image("library/mysql", "8.4.11", "85b9bf2e29cf836ecb8c2a15a935d4ba0c606631dff1dd79531a11983c638f2a"),
  ...samePort(3306),
  command: ["sh", "-c", `${fewerFiles}; exec docker-entrypoint.sh mysqld "$@"`, "mysqld"],
  args: [
    ...["--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--disable-log-bin"],
    ...["--innodb-doublewrite=OFF", "--performance-schema=OFF"],
  ],
  withVolume: { args: ["--performance-schema=OFF"] },
  environment: { MYSQL_USER: account, MYSQL_DATABASE: account, MYSQL_INITDB_SKIP_TZINFO: "1" },
  passwords: { MYSQL_PASSWORD: "mysql", MYSQL_ROOT_PASSWORD: "mysql" },
  gives: url("mysql", "DATABASE_URL", "MYSQL_URL"),
  writablePaths: ["/var/lib/mysql", "/var/run/mysqld", "/tmp"],
  user,
  requests: { cpu: "100m", memory: "512Mi" },
  limits: { cpu: "1", memory: "1Gi" },
};

const mariadb: CatalogueService = {
  name: "mariadb",
  image: image(
    "library/mariadb",
    "11.8.9",
    "2d2f4095530294735a857cfe22bb101e19b0849b416911c796ec4aa81b164a62",
  ),
  ...samePort(3306),
  command: ["sh", "-c", `${fewerFiles}; exec docker-entrypoint.sh mariadbd "$@"`, "mariadbd"],
  args: ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-use-native-aio=OFF"],
  withVolume: { args: ["--innodb-use-native-aio=OFF"] },
  environment: { MARIADB_USER: account, MARIADB_DATABASE: account, MARIADB_INITDB_SKIP_TZINFO: "1" },
  passwords: { MARIADB_PASSWORD: "mariadb", MARIADB_ROOT_PASSWORD: "mariadb" },
  gives: url("mysql", "DATABASE_URL", "MARIADB_URL"),
  writablePaths: ["/var/lib/mysql", "/run/mysqld", "/tmp"],
  user,
  ...database,
};

const redis: CatalogueService = {
  name: "redis",
  image: image("library/redis", "7.4.11", "c6eabf748fc7a61dbb5a705c78bcf3d6377b1127a97d0ce965c11c44ba46896f"),
  ...samePort(6379),
  args: ["redis-server", ...inMemory("REDIS_PASSWORD")],
  withVolume: { args: ["redis-server", ...onDisk("REDIS_PASSWORD")] },
  passwords: { REDIS_PASSWORD: "redis" },
  gives: { REDIS_URL: "redis://:$(PASSWORD)@$(ADDRESS)/0" },
  writablePaths: ["/data"],
  user,
  ...small,
};

const valkey: CatalogueService = {
  name: "valkey",
  image: image("valkey/valkey", "8.1.3", "fea8b3e67b15729d4bb70589eb03367bab9ad1ee89c876f54327fc7c6e618571"),
  ...samePort(6379),
  args: ["valkey-server", ...inMemory("VALKEY_PASSWORD")],
  withVolume: { args: ["valkey-server", ...onDisk("VALKEY_PASSWORD")] },
  passwords: { VALKEY_PASSWORD: "valkey" },
  // Its clients are those of Redis, whose variable they read.
  gives: {
    REDIS_URL: "redis://:$(PASSWORD)@$(ADDRESS)/0",
    VALKEY_URL: "redis://:$(PASSWORD)@$(ADDRESS)/0",
  },
  writablePaths: ["/data"],
  user,
  ...small,
};

const mongodb: CatalogueService = {
  name: "mongodb",
  image: image("library/mongo", "8.0.28", "98605bfa1bb2a15dd82109e1d78ad31527a9a744909fab4606076fa71a0ae515"),
  ...samePort(27017),
  args: ["--wiredTigerCacheSizeGB=0.25"],
  environment: { MONGO_INITDB_ROOT_USERNAME: account, MONGO_INITDB_DATABASE: account },
  passwords: { MONGO_INITDB_ROOT_PASSWORD: "mongodb" },
  gives: { MONGODB_URL: `mongodb://${account}:$(PASSWORD)@$(ADDRESS)/${account}?authSource=admin` },
  writablePaths: ["/data/db", "/data/configdb", "/tmp"],
  user,
  requests: { cpu: "100m", memory: "256Mi" },
  limits: { cpu: "1", memory: "768Mi" },
};

const rabbitmq: CatalogueService = {
  name: "rabbitmq",
  image: image(
    "library/rabbitmq",
    "4.3.6",
    "67bad329974a7cb4d50d7f7551fdd06611985887a3f58254b680b753f00dbded",
  ),
  ...samePort(5672),
  command: ["sh", "-c", `${fewerFiles}; exec docker-entrypoint.sh rabbitmq-server`],
  environment: { RABBITMQ_DEFAULT_USER: account },
  // Its data belongs to a node of that name, which would be the pod's.
  withVolume: { environment: { RABBITMQ_NODENAME: "rabbit@localhost" } },
  passwords: { RABBITMQ_DEFAULT_PASS: "rabbitmq" },
  gives: { RABBITMQ_URL: `amqp://${account}:$(PASSWORD)@$(ADDRESS)` },
  writablePaths: ["/var/lib/rabbitmq", "/var/log/rabbitmq", "/tmp"],
  user,
  ...database,
};

const mailpit: CatalogueService = {
  name: "mailpit",
  image: image(
    "axllent/mailpit",
    "v1.27.8",
    "6abc8e633df15eaf785cfcf38bae48e66f64beecdc03121e249d0f9ec15f0707",
  ),
  ...samePort(1025),
  ports: { web: { port: 8025 } },
  healthPath: "/readyz",
  healthPort: "web",
  environment: {
    // An application that signs in elsewhere does so here, with whatever it has, and over the plain connection.
    MP_SMTP_AUTH_ACCEPT_ANY: "true",
    MP_SMTP_AUTH_ALLOW_INSECURE: "true",
    MP_SMTP_DISABLE_RDNS: "true",
  },
  gives: {
    SMTP_URL: "smtp://$(ADDRESS)",
    SMTP_HOST: "$(HOST)",
    SMTP_PORT: "$(PORT)",
    MAILPIT_URL: "http://$(HOST):8025",
  },
  writablePaths: ["/tmp"],
  ...small,
};

/** What it speaks is its name, since that is what applications use: any other server would do. */
const s3: CatalogueService = {
  name: "s3",
  image: image(
    "versity/versitygw",
    "v1.8.0",
    "30292fc2eeacc67a36993b01f7a7a5e3361a19cced0e80c1d71cfa2a4b0a2499",
  ),
  ...samePort(7070),
  // Each folder is a bucket.
  command: ["sh", "-c", `mkdir -p /data/${account}; exec versitygw posix /data`],
  environment: { ROOT_ACCESS_KEY: account },
  passwords: { ROOT_SECRET_KEY: "s3" },
  gives: {
    S3_ENDPOINT: "http://$(ADDRESS)",
    S3_BUCKET: account,
    AWS_ENDPOINT_URL: "http://$(ADDRESS)",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "$(PASSWORD)",
  },
  writablePaths: ["/data", "/tmp"],
  ...small,
};

/**
 * Databases, caches, a broker, a mail catcher and a store of objects, as applications commonly use them: published images,
 * as they run under the Pod Security profile `restricted`. An application that names one of them in `uses` gets it, with a
 * generated password where it has any, and its address in a variable such as `DATABASE_URL`. Nothing of what they hold
 * outlives their pod, unless they have a `volume`.
 */
export const backingServices: Catalogue = {
  services: [postgres, mysql, mariadb, redis, valkey, mongodb, rabbitmq, mailpit, s3],
  functions: {},
};

function samePort(port: number) {
  return { port, containerPort: port };
}

/** The address of the account's database, under each of the names. */
function url(scheme: string, ...variables: string[]): Record<string, string> {
  const text = `${scheme}://${account}:$(PASSWORD)@$(ADDRESS)/${account}`;
  return Object.fromEntries(variables.map((variable) => [variable, text]));
}

/** Arguments of Redis and its like: when saving failed, they would refuse writes. */
function inMemory(passwordVariable: string): string[] {
  return [...withPassword(passwordVariable), "--save", "", "--appendonly", "no", "--maxmemory", maxMemory];
}

/** The same where they are to find again what they were told. */
function onDisk(passwordVariable: string): string[] {
  return [...withPassword(passwordVariable), "--appendonly", "yes", "--maxmemory", maxMemory];
}

function withPassword(variable: string): string[] {
  return ["--requirepass", `$(${variable})`];
}

function image(repository: string, tag: string, sha256: string): PublishedImage {
  return { repository, tag, digest: `sha256:${sha256}` };
}
