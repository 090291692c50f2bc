// A drop-in for the random plugin where the official one cannot be downloaded; see README.md.
import bcrypt from "bcryptjs";
import { composePassword } from "./password.ts";
import { changedPasswordInputs, passwordProblems, resolvePasswordInputs } from "./passwordInputs.ts";
import { versionOf } from "../versions.ts";
import { serve } from "./serve.ts";
import { keepSecrets, secret } from "./values.ts";

// bcrypt reads 72 bytes at most, and 10 is the official provider's cost.
const BCRYPT_COST = 10;

await serve("random", `${versionOf("random")}+drop-in`, {
  token: "random:index/randomPassword:RandomPassword",
  check(news) {
    const problems = passwordProblems(news);
    return Promise.resolve(problems.length > 0 ? problems : news);
  },
  diff(olds, news) {
    const replaces = changedPasswordInputs(olds, news);
    return { changes: replaces.length > 0, replaces, deleteBeforeReplace: false };
  },
  async create(_urn, news) {
    const rules = resolvePasswordInputs(news);
    const result = composePassword(rules);
    const bcryptHash = await bcrypt.hash(result, BCRYPT_COST);
    const outs = keepSecrets(news, { ...rules });
    return { id: "none", outs: { ...outs, result: secret(result), bcryptHash: secret(bcryptHash) } };
  },
});
