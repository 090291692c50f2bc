export const registryPassword = "registry-password";
export const generatedPassword = "generated-password";
