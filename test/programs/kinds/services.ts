import type { Service } from "../../../components/index.ts";

const ends = 'process.on("SIGTERM", () => process.exit());';
const small = {
  requests: { cpu: "10m", memory: "32Mi" },
  limits: { cpu: "500m", memory: "192Mi" },
};

/** Sends back what it gets by UDP, has its health page on another port, and takes connections on a third. */
export const echo: Service = {
  ...{ name: "echo", port: 80, containerPort: 8080, healthPath: "/health", healthPort: "pages", ...small },
  ports: {
    pages: { port: 9090 },
    datagrams: { port: 53, containerPort: 5353, protocol: "UDP" },
  },
  command: [
    "node",
    "--eval",
    `${ends}
    const socket = require("node:dgram").createSocket("udp4");
    socket.on("message", (message, from) => socket.send(message, from.port, from.address)).bind(5353);
    require("node:http").createServer((_, response) => response.end("{}")).listen(9090);
    require("node:net").createServer((caller) => caller.on("error", () => 0).end()).listen(8080);`,
  ],
};

/** Is ready once its own start says so, and takes no calls. */
export const worker: Service = {
  ...{ name: "worker", workingDirectory: "/work", writablePaths: ["/work:16Mi"], ...small },
  probe: { command: ["test", "-f", "ready"] },
  startsWithinSeconds: 60,
  command: [
    "node",
    "--eval",
    `${ends} require("node:fs").writeFileSync("ready", ""); setInterval(() => 0, 1e6)`,
  ],
};

/** Has nothing that tells that it works. */
export const idler: Service = {
  ...{ name: "idler", ...small },
  command: ["node", "--eval", `${ends} setInterval(() => 0, 1e6)`],
};

/** Is healthy once the echo comes back, its files are there, and what runs before and beside it has begun. */
export const caller: Service = {
  ...{ name: "caller", port: 8080, healthPath: "/health", uses: ["echo"], ...small },
  writablePaths: ["/tmp"],
  initContainers: [{ name: "prepare", command: ["sh", "-c", "echo prepared > /tmp/prepared"], ...small }],
  sidecars: [
    {
      name: "beside",
      command: [
        "node",
        "--eval",
        `${ends} require("node:net").createServer().listen(Number(process.env.PORT))`,
      ],
      ...{ environment: { PORT: "9000" }, ...small },
    },
  ],
  command: [
    "node",
    "--eval",
    `${ends}
    const { readFileSync } = require("node:fs");
    const echoed = () => new Promise((resolve, reject) => {
      const [host, port] = process.env.ECHO_DATAGRAMS_ADDRESS.split(":");
      const socket = require("node:dgram").createSocket("udp4");
      const limit = setTimeout(() => { socket.close(); reject(new Error("no echo")); }, 700);
      socket.on("error", reject).on("message", () => { clearTimeout(limit); socket.close(); resolve(); });
      socket.send("hello", Number(port), host);
    });
    const connected = (port) => new Promise((resolve, reject) => {
      const socket = require("node:net").connect(port, "127.0.0.1");
      socket.on("error", reject).on("connect", () => { socket.destroy(); resolve(); });
    });
    require("node:http").createServer(async (_, response) => {
      try {
        const files = ["/etc/caller/settings.json", "/etc/caller/key.pem", "/tmp/motd", "/tmp/prepared"];
        const texts = files.map((file) => readFileSync(file, "utf8"));
        await echoed();
        await connected(9000);
        response.end(JSON.stringify({ length: texts.join("").length }));
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    }).listen(8080);`,
  ],
};
