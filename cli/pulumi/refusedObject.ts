/**
 * What Pulumi says of an object that the API server did not take. Of an update it says the same as of an object that does
 * not get ready: the server's own words tell the two apart.
 */
export const refusedObject =
  /resource "?(?:\S*(?:\/|::))?([^\s"]+)"? was not successfully created by the Kubernetes API server ?: |reported that "(?:\S*\/)?([^\s"]+)" failed to fully initialize or become live: (?=\S+ "[^"]*" is (?:forbidden|invalid): |admission webhook |Internal error occurred: |Request entity too large)/;
