/** A login to a container registry. */
export interface RegistryLogin {
  /** Host and port, such as `registry.example.com:5000`. */
  server: string;
  username: string;
  password: string;
}

/** Content of `.dockerconfigjson` for one login. */
export function dockerConfigJson(login: RegistryLogin): string {
  const auth = Buffer.from(`${login.username}:${login.password}`, "utf8").toString("base64");
  return JSON.stringify({
    auths: { [login.server]: { username: login.username, password: login.password, auth } },
  });
}
