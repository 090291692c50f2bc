import { Failure } from "../local/failure.ts";

/**
 * Asks the registry whether it accepts the login, before anything is built. A registry that answers by a token
 * service is left to the push itself.
 */
export async function checkRegistryLogin(env: Record<string, string | undefined>): Promise<void> {
  const { CI_REGISTRY: server, CI_REGISTRY_USER: user, CI_REGISTRY_PASSWORD: password } = env;
  if (!server || !user || !password) {
    throw new Failure(
      "usage",
      "the registry is not named: set CI_REGISTRY, CI_REGISTRY_USER and CI_REGISTRY_PASSWORD",
    );
  }
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const response = await ask(`https://${server}/v2/`, authorization).catch(() =>
    ask(`http://${server}/v2/`, authorization),
  );
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (response.status === 401 && !/^bearer/i.test(challenge)) {
    throw new Failure(
      "usage",
      `registry ${server} refused the login of ${user}: check username and password`,
    );
  }
}

async function ask(url: string, authorization: string): Promise<Response> {
  try {
    return await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(5000) });
  } catch (error) {
    throw new Failure("unreachable", `the registry does not answer at ${url}: check CI_REGISTRY`, {
      cause: error,
    });
  }
}
