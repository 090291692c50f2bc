import { gzipSync } from "node:zlib";
import { shell } from "../integration/shell.ts";

const create = "CREATE TABLE greetings (text VARCHAR(40));\n";
const insert = (text: string) => `INSERT INTO greetings VALUES ('${text}');\n`;

/** Databases that get their password from a file, and data from scripts, as pods with what these read. */
export function initialised(standIns: Record<string, string>) {
  const scripts = (client: string) => ({
    "1.sql": create + insert("by sql"),
    "2.sh": `echo "${insert("by shell").trim()}" | ${client}\n`,
    "4.txt": "Nothing that is run.\n",
  });
  return [
    secret,
    ...database("postgres", standIns, {
      image: "library/postgres:17.11",
      scripts: scripts('psql --username "$POSTGRES_USER" "$POSTGRES_DB"'),
      port: 5432,
      environment: {
        POSTGRES_USER: "orders",
        POSTGRES_PASSWORD_FILE: "/secret/password",
        PGDATA: "/data/pgdata",
      },
      folders: ["/data", "/var/run/postgresql", "/tmp"],
    }),
    ...database("mariadb", standIns, {
      image: "library/mariadb:11.8.9",
      scripts: scripts('MYSQL_PWD=$(cat /secret/password) mariadb --user=root "$MARIADB_DATABASE"'),
      port: 3306,
      environment: { MARIADB_DATABASE: "orders", MARIADB_ROOT_PASSWORD_FILE: "/secret/password" },
      folders: ["/var/lib/mysql", "/run/mysqld", "/tmp"],
    }),
  ];
}

const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "password" },
  stringData: { password: "from a file" },
};

interface Database {
  image: string;
  scripts: Record<string, string>;
  port: number;
  environment: Record<string, string>;
  folders: string[];
}

function database(
  name: string,
  standIns: Record<string, string>,
  { image, scripts, port, environment, folders }: Database,
) {
  const zip = gzipSync(insert("by zip")).toString("base64");
  const volumes = folders.map((path, index) => ({ name: `folder-${String(index)}`, path }));
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: scripts,
      binaryData: { "3.sql.gz": zip },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        imagePullSecrets: [{ name: "pull" }],
        securityContext: { runAsUser: 999, runAsGroup: 999, fsGroup: 999, runAsNonRoot: true },
        volumes: [
          { name: "scripts", configMap: { name } },
          { name: "secret", secret: { secretName: "password" } },
          ...volumes.map((volume) => ({ name: volume.name, emptyDir: {} })),
        ],
        containers: [
          {
            name,
            image: `${shell.DYNENV_IMAGE_PREFIX ?? ""}/${image.split(":")[0] ?? ""}@${standIns[image] ?? ""}`,
            env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
            securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
            volumeMounts: [
              { name: "scripts", mountPath: "/docker-entrypoint-initdb.d" },
              { name: "secret", mountPath: "/secret" },
              ...volumes.map((volume) => ({ name: volume.name, mountPath: volume.path })),
            ],
          },
        ],
      },
    },
  ];
}
