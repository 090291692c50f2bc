/**
 * The Kubernetes client, as `#kubernetes`: its thousand modules are bundled into one file (bundle.ts), since to find and
 * read them is half of the time that `dynenv` takes to start.
 */
export * from "@kubernetes/client-node";
