/** What `dynenv` ends with. */
export const exitCodes = {
  /** The environment is not as promised. */
  broken: 1,
  /** Wrong usage or settings. */
  usage: 2,
  /** Cluster, backend or tools are out of reach; nothing was changed. */
  unreachable: 3,
  interrupted: 130,
} as const;

/** An error that a user can cause: its message is one sentence that names the next step, and no stack is shown. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(exitCode: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCodes[exitCode];
  }
}
