import { open, stat } from "node:fs/promises";

/** What the API server logs: each request of a person or a tool once, nothing of the cluster's own programs. */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: None
    users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
  - level: None
    userGroups: ["system:nodes", "system:serviceaccounts"]
  - level: Metadata
`;

/** The benchmark's own requests are made as this user, so that they do not count. */
export const observer = "bench-observer";

interface AuditEvent {
  userAgent?: string;
  impersonatedUser?: { username?: string };
}

/** Programs of the node that use the administrator's login. */
const nodesOwn = /^(kube-router|coredns|kubelet|kube-\w+)\//i;

/** Counts the requests that ended since: those that tools made. */
export class ApiRequests {
  readonly #log: string;
  #offset = 0;

  constructor(log: string) {
    this.#log = log;
  }

  /** Forgets what was logged until now. */
  async begin(): Promise<void> {
    this.#offset = (await stat(this.#log)).size;
  }

  /** The number of requests since the beginning. */
  async count(): Promise<number> {
    const file = await open(this.#log);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#offset), {
        position: this.#offset,
      });
      const lines = buffer.toString("utf8", 0, bytesRead).split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as AuditEvent).filter(isOfTool).length;
    } finally {
      await file.close();
    }
  }
}

function isOfTool({ userAgent = "", impersonatedUser }: AuditEvent): boolean {
  return impersonatedUser?.username !== observer && !nodesOwn.test(userAgent);
}
