/** The published image that an application's own is built on, unless somebody names another one. */
export const usualBase = "node:24-slim";
