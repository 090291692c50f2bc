import { readFile } from "node:fs/promises";
import { visible } from "../../components/model/index.ts";
import { docker, DockerFailure } from "./dockerCli.ts";
import { failedStep, missingBuildKit } from "./buildFailure.ts";
import { chooseClient } from "./dockerClient.ts";
import { withDockerConfig, type Credentials } from "./dockerConfig.ts";
import { credentialServer, repositoryOf } from "./imageName.ts";
import type { ImageInputs } from "./imageInputs.ts";

export interface BuildContext {
  /** Texts that must show neither in logs nor in errors nor on a command line. */
  secrets: string[];
  cancelSignal: AbortSignal;
  onLine: (line: string) => void;
}

type Env = Record<string, string>;

/** Variables that every Dockerfile knows and that leave no trace in the image. */
const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"];

const REFUSED = /unauthorized|denied|401|incorrect username or password|no basic auth/i;

/** Builds the image, pushes it unless told not to, and returns its digest: in the registry, or of the local image. */
export async function buildImage(image: ImageInputs, context: BuildContext): Promise<string> {
  const work = (env: Env): Promise<string> => buildAndPush(image, context, env);
  const { username, password, server } = image.registry ?? {};
  if (image.skipPush || !username || !password) return work({});
  const credentials = { server: credentialServer(server, image.imageName), username, password };
  return withDockerConfig(credentials, async (env) => {
    await logIn(credentials, context, env);
    return work(env);
  });
}

async function buildAndPush(image: ImageInputs, context: BuildContext, env: Env): Promise<string> {
  await build(image, context, env);
  if (!image.skipPush) return push(image, context, env);
  const args = ["image", "inspect", "--format", "{{.Id}}", image.imageName];
  return (await docker({ args, cancelSignal: context.cancelSignal })).trim();
}

// Before the build, because a refusal after a long build comes late, and in a build's output it is hard to see.
async function logIn(
  { server, username, password }: Credentials,
  context: BuildContext,
  env: Env,
): Promise<void> {
  const args = ["login", "--username", username, "--password-stdin", server];
  try {
    await docker({ args, env, stdin: password, cancelSignal: context.cancelSignal });
  } catch (error) {
    if (!(error instanceof DockerFailure)) throw error;
    const refusal = `registry ${server} refused the login of ${username}: check username and password`;
    const other = `the login to registry ${server} failed: ${lastLine(error.output)}`;
    throw new Error(hide(REFUSED.test(error.output) ? refusal : other, [password]));
  }
}

async function build(
  image: ImageInputs,
  { secrets, cancelSignal, onLine }: BuildContext,
  env: Env,
): Promise<void> {
  const buildArgs = argumentsOf(image, secrets);
  const { dockerfile, platform, target, context } = image.build;
  const options = ["--tag", image.imageName, "--file", dockerfile, "--platform", platform];
  if (target) options.push("--target", target);
  const client = await chooseClient({ ...process.env, ...env });
  const isLegacy = client.legacy !== undefined;
  if (!isLegacy) options.push("--progress", "plain");
  const args = ["build", ...options, ...buildArgs.options, context];
  const buildEnv = { ...env, ...buildArgs.env, DOCKER_BUILDKIT: isLegacy ? "0" : "1" };
  const show = showing(onLine, secrets);
  try {
    await docker({ file: client.file, args, env: buildEnv, cancelSignal, onLine: show });
  } catch (error) {
    if (!(error instanceof DockerFailure)) throw error;
    const text = await readFile(dockerfile, "utf8");
    const reason = missingBuildKit(dockerfile, text, client, error.output) ?? failedStep(dockerfile, error);
    throw new Error(hide(`${image.imageName} was not built: ${reason}`, secrets));
  }
}

/** A secret value goes through the environment, where docker looks for an argument without a value. */
function argumentsOf(image: ImageInputs, secrets: string[]): { options: string[]; env: Env } {
  const options: string[] = [];
  const env: Env = {};
  // By name alone: docker takes the values, which may hold a password, from its environment.
  for (const name of proxyNames.flatMap((name) => [name, name.toLowerCase()]))
    if (process.env[name] !== undefined && image.build.args?.[name] === undefined)
      options.push("--build-arg", name);
  for (const [name, value] of Object.entries(image.build.args ?? {})) {
    const isSecret = secrets.includes(value);
    options.push("--build-arg", isSecret ? name : `${name}=${value}`);
    if (isSecret) env[name] = value;
  }
  return { options, env };
}

async function push(
  image: ImageInputs,
  { secrets, cancelSignal, onLine }: BuildContext,
  env: Env,
): Promise<string> {
  const { imageName, registry } = image;
  const show = showing(onLine, secrets);
  try {
    const output = await docker({ args: ["push", imageName], env, cancelSignal, onLine: show });
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(output)?.[1];
    if (digest === undefined) throw new Error(`docker push of ${imageName} returned no digest`);
    return `${repositoryOf(imageName)}@${digest}`;
  } catch (error) {
    if (!(error instanceof DockerFailure)) throw error;
    const reason = hide(lastLine(error.output), secrets);
    const server = credentialServer(registry?.server, imageName);
    const refusal = `registry ${server} refused the push of ${imageName}: check the user's rights there (${reason})`;
    throw new Error(REFUSED.test(reason) ? refusal : `${imageName} was not pushed: ${reason}`);
  }
}

function showing(onLine: (line: string) => void, secrets: string[]): (line: string) => void {
  return (line) => {
    onLine(hide(line, secrets));
  };
}

function lastLine(output: string): string {
  return output.split("\n").at(-1) ?? output;
}

/** What docker prints, as Pulumi may show it. */
function hide(text: string, secrets: string[]): string {
  const plain = secrets
    .filter((item) => item !== "")
    .reduce((left, item) => left.replaceAll(item, "[secret]"), text);
  return visible(plain);
}
