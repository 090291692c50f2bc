export const registryPassword = "registry-password";
export const pushPassword = "push-password";
export const mirrorToken = "mirror-token";
export const dockerPassword = "docker-password";
export const applicationToken = "application-token";
export const cachePassword = "cache-password";
export const suiteLogin = "suite-login";
