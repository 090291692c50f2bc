export const label = "a DNS label with a letter first, such as catalogue-db";
export const port = "a whole number from 1 to 65535, such as 80";
const path = "a path that begins with /, such as /health";
const cpu = "a CPU quantity above zero, such as 250m or 1.5";
export const memory = "a memory quantity above zero, such as 128Mi or 1Gi";
const storage = "a storage quantity above zero, such as 128Mi or 1Gi";
const resources = 'an object of cpu and memory, such as {"cpu": "100m", "memory": "128Mi"}';
const words = 'a list of texts, such as ["node", "server.js"]';
const command = 'a list of at least one text, such as ["node", "server.js"]';
const variables = 'an object from variable to value, such as {"LOG_LEVEL": "info"}';
const text = "a text, such as hello";
const probe = 'an object of command or grpcPort, such as {"command": ["pg_isready"]}';
const reference = "a reference by tag or digest, such as postgres:16";
const cidr = "a network with a prefix length, such as 203.0.113.0/24 or 2001:db8::/32";

const steps = 'a list of at least one command, such as [["node", "migrate.js"]]';
const exampleTask = '{"command": ["node", "tidy.js"], "schedule": "0 3 * * *"}';
const task = `an object of command and schedule, such as ${exampleTask}`;
const tasks = `an object from name to task, such as {"nightly": ${exampleTask}}`;
const schedule = "the five fields of a CronJob's schedule, such as 0 3 * * *";

/** A key of its own with that name, as JSON and YAML can have one. */
const hidden: unknown = JSON.parse('{"__proto__": {"x": 1}}');

/** Argument, rule, values that break it, as programs in TypeScript and in YAML can give them. */
export const wrongServices: [string, string, unknown[]][] = [
  ["port", port, [0, -1, 65_536, 1.5, "80", null, true, []]],
  [
    "containerPort",
    "a whole number from 1024 to 65535, such as 8080",
    [0, 80, 1023, 65_536, 8080.5, "8080", null],
  ],
  ["ports", 'an object from name to port, such as {"metrics": {"port": 9100}}', ["9100", [9100], null, 5]],
  ["ports.metrics", 'an object with a port, such as {"port": 9100}', [9100, "9100", null]],
  ["ports.metrics.port", port, [0, 65_536, "9100"]],
  ["ports.metrics.containerPort", "a whole number from 1024 to 65535, such as 8080", [0, 80, 65_536, null]],
  ["ports.metrics.protocol", "TCP or UDP", ["tcp", "SCTP", 6, null]],
  ["healthPort", "the name of one of its ports, such as health", [8081, null]],
  ["probe", probe, ["pg_isready", ["pg_isready"], null]],
  ["probe.command", command, [[]]],
  ["probe.command", words, ["pg_isready", null]],
  ["startsWithinSeconds", "a whole number from 1 to 3600, such as 60", [0, 3601, 1.5, "60", null]],
  ["gracePeriodSeconds", "a whole number from 1 to 3600, such as 30", [0, 3601, 1.5, "30", null]],
  ["workingDirectory", "an absolute path, such as /app", ["app", "/", "", "/a/../b", 5, null]],
  ["files", 'an object from path to content, such as {"/etc/app/settings.json": "{}"}', ["x", ["/a"], null]],
  ["healthPath", path, ["", "health", "/a b", "http://a/health", 80, null]],
  ["commitPath", path, ["version", true]],
  ["uses", 'a list of names of services, such as ["catalogue"]', ["catalogue", { catalogue: true }]],
  ["uses[0]", label, ["", "Catalogue", "a_b", "1st", "-a", "a-", "a.b", "x".repeat(64), 5, null]],
  [
    "optionalUses",
    'a list of optional uses, such as [{"service": "session-db"}]',
    ["session-db", { service: "session-db" }, null],
  ],
  [
    "optionalUses[0]",
    'an object with the name of a service, such as {"service": "session-db"}',
    ["session-db", null, 5],
  ],
  ["optionalUses[0].service", label, ["", "session_db", 5]],
  ["optionalUses[0].environment", variables, ["A=b", ["A=b"], 5]],
  ["optionalUses[0].environment.LEVEL", text, [5, true, null]],
  ["exposed", "true or false", ["true", 1, null]],
  [
    "egress",
    'a list of destinations, such as [{"cidr": "203.0.113.0/24", "port": 443}]',
    ["10.0.0.0/8", { cidr: "10.0.0.0/8" }],
  ],
  [
    "egress[0]",
    'an object of cidr and port, such as {"cidr": "203.0.113.0/24", "port": 443}',
    ["10.0.0.0/8", null],
  ],
  ["egress[0].cidr", cidr, ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1"]],
  ["egress[0].cidr", cidr, ["", "/", "example.com/24", "10.0.0.0/", "300.0.0.0/8", "10.0.0.0/8 ", 10]],
  ["egress[0].cidr", cidr, ["2001:db8::1%eth0/64", "10.0.0.0/08", "::/00"]],
  ["egress[0].cidr", cidr, ["10.1.2.3/8", "203.0.113.7/31", "2001:db8::1/64", "fe80::1/10", "0.0.0.1/0"]],
  ["egress[0].cidr", cidr, ["::ffff:0:0/96", "::ffff:203.0.113.0/120", "::FFFF:a9fe:a9fe/128"]],
  ["egress[0].cidr", cidr, ["2852039166/32", "0xa9fea9fe/32", "0251.0376.0251.0376/32", "169.254.43518/32"]],
  ["egress[0].port", port, [0, 65_536, "443"]],
  ["command", command, [[]]],
  ["command", words, ["node server.js", { 0: "node" }]],
  ["command[0]", text, [5, null]],
  ["args", words, ["--port=80", 5]],
  ["args[0]", text, [80]],
  ["environment", variables, ["A=b", [], 5, hidden]],
  ["environment.LEVEL", text, [5, true, null, ["a"]]],
  [
    "passwords",
    'an object from variable to service, such as {"DB_PASSWORD": "catalogue-db"}',
    ["x", ["catalogue-db"], null, hidden],
  ],
  ["passwords.DB_PASSWORD", label, ["", "Db", 5]],
  ["writablePaths", 'a list of absolute paths, such as ["/tmp"]', ["/tmp", null]],
  ["writablePaths", 'a list of different paths, such as ["/tmp"]', [["/tmp", "/tmp"]]],
  [
    "writablePaths[0]",
    "an absolute path, such as /var/lib/data",
    ["tmp", "/", "", "/a//b", "/a/", "/..", "/tmp/../etc", "/a/./b", "/a\u0000b", "/a\u001b[2J", "-a", 5],
  ],
  [
    "writablePaths[0]",
    "a folder that is neither the system's nor holds the image's programs, such as /var/lib/data",
    [
      "/proc",
      "/proc/sys",
      "/sys",
      "/sys/fs/cgroup",
      "/dev",
      "/dev/shm",
      "/etc",
      "/etc/hosts",
      "/usr",
      "/bin",
    ],
  ],
  [
    "writablePaths[0]",
    "a path with a size above zero behind its colon, such as /var/lib/data:2Gi",
    ["/a:b", "/a:", "/a:0", "/a:1gb", "/a:1Gi:2Gi"],
  ],
  ["writablePaths", 'a list of different paths, such as ["/tmp"]', [["/tmp", "/tmp:1Gi"]]],
  [
    "writablePaths",
    'a list of paths of which none is within another, such as ["/tmp"]',
    [
      ["/data", "/data/db"],
      ["/a/b/c", "/tmp", "/a"],
    ],
  ],
  ["readOnlyRootFilesystem", "true or false", ["false", 0]],
  ["user", "a whole number from 0 to 2147483647, such as 10001", [-1, 2 ** 31, "999", 1.5]],
  ["capabilities", 'a list of capabilities, such as ["NET_BIND_SERVICE"]', ["NET_BIND_SERVICE", null]],
  ["capabilities[0]", "NET_BIND_SERVICE, the only one permitted", ["SYS_ADMIN", "ALL", "", 5]],
  ["replicas", "a whole number from 1 to 100, such as 2", [0, -1, 101, 1.5, "2", null]],
  ["requests", resources, ["50m", 1, null, ["50m"]]],
  ["requests.cpu", cpu, ["1gb", "", "0", "0m", "-1", "1 m", "1e3", 1]],
  ["requests.memory", memory, ["1gb", "", "0", "-1Mi", "64 Mi", "64MB", 64]],
  ["limits", resources, ["1", null]],
  ["limits.cpu", cpu, ["1gb", "0.0", "1k", 0.5]],
  ["limits.memory", memory, ["1gb", "0Mi", "1T", 1024]],
  ["limits.ephemeralStorage", storage, ["1gb", "0Mi", "", 1024, null]],
  ["sidecars", 'a list of containers, such as [{"name": "proxy"}]', ["proxy", { name: "proxy" }, null]],
  ["sidecars[0]", 'an object with at least a name, such as {"name": "proxy"}', ["proxy", null, 5]],
  ["sidecars[0].name", "a DNS label, such as proxy", ["", "Proxy", "a_b", "-a", 5, null]],
  ["sidecars[0].image", reference, ["node", "node:", "node:24 ", "node@sha256:1", 5, null]],
  ["sidecars[0].command", command, [[]]],
  ["sidecars[0].environment", variables, ["A=b", [], hidden]],
  ["sidecars[0].limits.cpu", cpu, ["0", "1k", 1]],
  ["seed", 'an object with a command, such as {"command": ["sh", "/seed/load.sh"]}', ["x", null, ["a"]]],
  ["seed.command", command, [[]]],
  ["seed.command", words, ["mongoimport", null]],
  ["seed.files", 'an object from file to content, such as {"data.sql": "..."}', ["x", null, ["a"], hidden]],
  ["seed.files.data", text, [5, null, ["a"]]],
  ["before", steps, ["migrate", [], { 0: ["migrate"] }, null]],
  ["before[0]", command, [[]]],
  ["before[0]", words, ["migrate", null]],
  ["tasks", tasks, ["nightly", ["nightly"], null, hidden]],
  ["tasks.nightly", task, ["tidy", ["tidy"], null]],
  ["tasks.nightly.command", command, [[]]],
  ["tasks.nightly.schedule", schedule, ["", "daily", "0 3 * *", "0 3 * * * *", "60 3 * * *", 3, null]],
  ["tasks.nightly.withinSeconds", "a whole number from 1 to 86400, such as 600", [0, 86_401, "60", null]],
];
