import { Consumer } from "./consumer.ts";
import { kubectl, shell, uniqueName } from "../integration/shell.ts";

/** Commit that the stacks of the consumer are told. */
const commit = "0123456789abcdef0123456789abcdef01234567";

/** A stack of a program in the consumer's folder. */
export class ProgramStack {
  readonly name: string;
  private readonly consumer: Consumer;
  private readonly program: string;
  private readonly settings: string[];

  constructor(consumer: Consumer, program: string, settings: Record<string, string>) {
    this.name = uniqueName(program);
    this.consumer = consumer;
    this.program = program;
    this.settings = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  }

  get namespace(): string {
    return `env-${this.name}`;
  }

  async create(): Promise<void> {
    await this.consumer.pulumi(this.program, ["stack", "init", this.name]);
    const password = shell.CI_REGISTRY_PASSWORD ?? "";
    await this.pulumi("config", "set", "--secret", "password", password);
  }

  up(...args: string[]) {
    return this.pulumi("up", "--yes", "--skip-preview", ...this.settings, ...args);
  }

  /** An `up` with a provider that runs already, see `Consumer.runPluginFolder`, which must change nothing. */
  upWithProvider(port: string) {
    const env = { PULUMI_DEBUG_PROVIDERS: `dynamic-environments:${port}` };
    const args = ["up", "--yes", "--skip-preview", "--expect-no-changes", ...this.settings];
    return this.consumer.pulumi(this.program, [...args, "--stack", this.name], env);
  }

  async output<T>(): Promise<T> {
    const { stdout } = await this.pulumi("stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout) as T;
  }

  destroy() {
    return this.pulumi("destroy", "--yes", "--skip-preview", "--remove");
  }

  pulumi(...args: string[]) {
    return this.consumer.pulumi(this.program, [...args, "--stack", this.name]);
  }
}

/** What both programs are told of the cluster and its registry. */
export async function commonSettings(): Promise<Record<string, string>> {
  return {
    context: (await kubectl("config", "current-context")).trim(),
    server: shell.CI_REGISTRY ?? "",
    username: shell.CI_REGISTRY_USER ?? "",
    commit,
  };
}

/** Lines of Pulumi's output that tell of a change of a Kubernetes object: its kind and how it was changed. */
export function changes(output: string): string[] {
  const pattern = /kubernetes:[^ ]*:(\w+) ([^ ]+) (created|updated|replaced|deleted) \(/g;
  return [...output.matchAll(pattern)]
    .map(([, kind = "", name = "", change = ""]) => `${change} ${kind} ${name}`)
    .sort();
}
