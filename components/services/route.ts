import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type Address,
  checkGateway,
  checkGivenMetadata,
  checkServices,
  exposedServices,
  type Gateway,
  gatewayApi,
  httpRouteSpec,
  ingressSpec,
  routeOf,
  type Service,
  shown,
  urlAnnotation,
  withGiven,
  workloadLabels,
} from "../model/index.ts";
import { validated } from "../validation.ts";
import { annotated, inPlace, ownedByNamespace } from "./workload.ts";

export interface RouteArgs {
  /** Namespace of the service, whose name is part of the host. */
  namespace: pulumi.Input<string>;
  /** The service, which is `exposed`. */
  service: Service;
  /** Whether the namespace's name alone is the host; else the service's stands in front of it. Default: `false`. */
  isApplication?: boolean;
  /** The cluster's gateway. */
  gateway: Gateway;
  /** Labels of the object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of the object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * The address of a service outside of the cluster, `<service>--<namespace>.<domain>`: an HTTPRoute of the Gateway API, or an
 * Ingress in clusters without it. The certificate is the gateway's own.
 * @see https://gateway-api.sigs.k8s.io/api-types/httproute/
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 */
export class Route extends pulumi.ComponentResource {
  /** What people open, such as `https://env-main.previews.example.com`. */
  public readonly url: pulumi.Output<string>;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, service, isApplication = false, gateway } = args;
    const check = () => {
      checkServices([service], "service");
      if (exposedServices([service]).length === 0)
        throw new Error(`service ${shown(service.name)} is not exposed: give it exposed: true`);
      checkGateway("gateway", gateway);
      checkGivenMetadata(args);
      // Said now where it is known now.
      if (typeof namespace === "string") routeOf(service, isApplication, namespace, gateway);
    };
    validated("Route", name, args, ["namespace"], check, ["gateway"]);
    super("dynamic-environments:index:Route", name, {}, opts);
    const address = pulumi
      .output(namespace)
      .apply((known) => routeOf(service, isApplication, known, gateway));
    const own = { name: service.name, namespace, labels: workloadLabels(service.name) };
    const owned = { ...own, ...ownedByNamespace(opts) };
    // Whether it answers, the readiness Job asks through the gateway.
    const { annotations, ...named } = withGiven(annotated(owned, { "pulumi.com/skipAwait": "true" }), args);
    this.url = address.apply(({ url }) => url);
    const metadata = { ...named, annotations: { ...annotations, [urlAnnotation]: this.url } };
    createRoute(name, gateway, address, metadata, { parent: this, ...inPlace });
    this.registerOutputs({ url: this.url });
  }
}

function createRoute(
  name: string,
  { name: gateway, ingressClass = "" }: Gateway,
  address: pulumi.Output<Address>,
  metadata: k8s.types.input.meta.v1.ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): void {
  if (gateway === undefined)
    new k8s.networking.v1.Ingress(
      name,
      { metadata, spec: address.apply((known) => ingressSpec(known, ingressClass)) },
      opts,
    );
  else
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: `${gatewayApi.group}/${gatewayApi.version}`,
        kind: "HTTPRoute",
        metadata,
        spec: address.apply((known) => httpRouteSpec(known, gateway)),
      },
      opts,
    );
}
