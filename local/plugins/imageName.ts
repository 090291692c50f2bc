const DOCKER_HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** Whether the name tells its registry, as a name to push must: docker.io/user/image, registry.example:5000/image. */
export function isFullyQualified(imageName: string): boolean {
  return registryOf(imageName) !== undefined;
}

/** The address by which Docker files a registry's credentials. */
export function credentialServer(server: string | undefined, imageName: string): string {
  const host = server
    ? server.replace(/^https?:\/\//, "").replace(/\/.*$/, "")
    : (registryOf(imageName) ?? "");
  return DOCKER_HUB.includes(host) ? "https://index.docker.io/v1/" : host;
}

/** The name without tag and digest. */
export function repositoryOf(imageName: string): string {
  return imageName.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function registryOf(imageName: string): string | undefined {
  const [first = "", ...rest] = imageName.split("/");
  const isHost = first.includes(".") || first.includes(":") || first === "localhost";
  return rest.length > 0 && isHost ? first : undefined;
}
