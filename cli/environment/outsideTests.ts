import type { KubeConfig } from "#bundled/kubernetes";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { learnSecrets, secretsNotHidden } from "./environmentSecrets.ts";
import type { Output } from "./jobLog.ts";
import { outsideAddress, resolverAdvice, untilAnswering } from "./outsideAddress.ts";
import { TestCount } from "./testCount.ts";
import { runTestCommand } from "./testCommand.ts";

export interface OutsideOptions {
  /** Ends the tests, with all that they started. */
  signal: AbortSignal;
  /** The service that they call. Default: the application. */
  service?: string | undefined;
  /** What runs on this machine, and its arguments. */
  command: string[];
  /** Commit that runs in the environment. */
  commit: string;
  /** Whether a run of zero tests is good, too. Default: it fails. */
  allowNoTests?: boolean | undefined;
  /** The cluster's gateway on this machine, which has an authority of its own. Default: it has none. */
  gateway?: LocalGateway | undefined;
}

/** A gateway that takes the same requests by HTTP and HTTPS, as that of the embedded cluster does. */
export interface LocalGateway {
  /** Domain of its addresses by HTTP, with the port. */
  domain: string;
  /** The same by HTTPS. */
  secureDomain: string;
  /** File with the authority that made its certificate. */
  authority: string;
}

/**
 * Runs tests on this machine that call an environment by its address, and passes on what they print.
 * @throws when they fail, or say that there was none.
 */
export async function runOutside(
  config: KubeConfig,
  namespace: string,
  output: Output,
  options: OutsideOptions,
): Promise<void> {
  const { signal, service, command, commit, allowNoTests = false, gateway } = options;
  const { address, target } = await outsideAddress(config, namespace, service);
  // The application's answers may hold them, and tests print what they did not expect.
  if (!(await learnSecrets(config, namespace, output.mask))) output.line(secretsNotHidden);
  await untilAnswering(address, target, signal);
  output.line(`${address.service} answers at ${address.url}`);
  const advice = await resolverAdvice(address.url);
  if (advice !== undefined) output.line(advice);
  const count = new TestCount();
  const variables = outsideVariables(address.url, commit, gateway, process.env);
  const end = await runTestCommand(command, variables, output, count, signal);
  if (end !== undefined) throw new Failure("broken", `the tests failed: ${shown(command[0])} ${end}`);
  if (count.isZero && !allowNoTests)
    throw new Failure(
      "broken",
      "the tests failed: their output says that no test ran: correct the command, or allow it by --allow-no-tests",
    );
}

/** What tests are told by variables. @param caller's, of which none is taken away. */
export function outsideVariables(
  url: string,
  commit: string,
  gateway: LocalGateway | undefined,
  caller: Record<string, string | undefined>,
): Record<string, string> {
  const own = { BASE_URL: url, EXPECTED_COMMIT: commit };
  if (gateway === undefined) return own;
  const secureUrl = securely(url, gateway);
  return {
    ...own,
    ...(secureUrl !== undefined && { DYNENV_SECURE_URL: secureUrl }),
    DYNENV_CA_FILE: gateway.authority,
    NODE_EXTRA_CA_CERTS: caller.NODE_EXTRA_CA_CERTS ?? gateway.authority,
  };
}

/** The same address by HTTPS; nothing where the gateway does not have it. */
function securely(url: string, { domain, secureDomain }: LocalGateway): string | undefined {
  const address = new URL(url);
  if (address.protocol === "https:") return address.host.endsWith(`.${secureDomain}`) ? url : undefined;
  if (!address.host.endsWith(`.${domain}`)) return undefined;
  return url.replace("http:", "https:").replace(`.${domain}`, `.${secureDomain}`);
}
