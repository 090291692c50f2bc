import { Failure } from "../../foundation/failure.ts";
import { answerOf } from "../../foundation/webRequest.ts";
import { readVariable } from "../../foundation/variable.ts";
import { named, shown } from "../../components/model/index.ts";

/**
 * Asks the registry whether it accepts the login, before anything is built. One that cannot be asked in this way, as
 * with a certificate of its own or a token service, is left to the push itself.
 * @param plain whether the registry speaks plain HTTP, as the embedded one does; a password is sent to no other so.
 */
export async function checkRegistryLogin(
  env: Record<string, string | undefined>,
  plain: boolean,
): Promise<void> {
  const names = ["CI_REGISTRY", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"];
  const [server, user, password] = names.map((name) => readVariable(name, env));
  if (server === undefined || user === undefined || password === undefined) return;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const url = `${plain ? "http" : "https"}://${server}/v2/`;
  if (!URL.canParse(url)) return;
  const answer = await answerOf(new URL(url), {
    headers: { authorization },
    limit: 5000,
    variables: env,
  }).catch(() => undefined);
  const usesTokens = /^bearer/i.test(answer?.headers["www-authenticate"] ?? "");
  if (answer?.statusCode === 401 && !usesTokens) {
    throw new Failure(
      "usage",
      `registry ${named(server)} refused the login of ${shown(user)}: check username and password`,
    );
  }
}
