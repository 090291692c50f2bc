import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  checked,
  checkDeployedAt,
  checkGivenMetadata,
  checkMark,
  checkStackName,
  checkKind,
  checkStandingName,
  deploymentMarks,
  EnvironmentKind,
  expiry,
  kindForm,
  markAnnotations,
  type Marks,
  namespaceLabels,
  namespaceName,
  PodSecurity,
  podSecurityForm,
  rulesOf,
  timeToLive,
  Trust,
} from "../model/index.ts";
import { formerly } from "../formerType.ts";
import { validated } from "../validation.ts";

export interface EnvironmentNamespaceArgs {
  /** Name of the stack that owns the environment; the namespace's name derives from it alone. */
  stack: string;
  /** Path of the project, recorded for cleanup. */
  project: pulumi.Input<string>;
  /** Branch or tag, recorded for cleanup. */
  ref: pulumi.Input<string>;
  /** Commit, recorded for cleanup. */
  commit: pulumi.Input<string>;
  /** Number of the merge request or pull request, recorded for the comment there. Default: none. */
  mergeRequest?: string;
  /** Whose code runs in it, recorded for cleanup. Default: `trusted`. */
  trust?: Trust;
  /** Level of the Pod Security Standards that is enforced. Default: `restricted`. */
  podSecurity?: PodSecurity;
  /**
   * What it is there for, recorded for cleanup: a `standing` one has no end, and Pulumi protects it from its removal. Default:
   * `preview`.
   */
  kind?: EnvironmentKind;
  /** How long it may exist, at most `30d`, such as `90m` or `4h`. Default: `24h`; with trust `fork` `4h`, at most `7d`. */
  ttl?: string;
  /**
   * When it is deployed, recorded for cleanup, such as `2026-03-01T12:00:00Z`; its life begins anew then. Default:
   * none, its life begins when it is created.
   */
  deployedAt?: string;
  /** Labels of the namespace, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of the namespace, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * Kept beside the component: a resource among its outputs would bind programs in other languages to one version of the
 * Kubernetes provider.
 */
const namespaces = new WeakMap<EnvironmentNamespace, k8s.core.v1.Namespace>();

/**
 * The namespace of one environment: marked as ours, with a Pod Security profile enforced. An existing
 * namespace of that name is never adopted, provided that the Kubernetes provider creates by POST
 * (`enableServerSideApply: false`, or version 4.29 and later).
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export class EnvironmentNamespace extends pulumi.ComponentResource {
  /** The namespace's name, known once it exists. */
  public readonly namespaceName: pulumi.Output<string>;
  /** When its time to live is over, such as `2026-03-02T12:00:00Z`; empty of one that has no end. */
  public readonly expiresAt: pulumi.Output<string>;
  constructor(name: string, args: EnvironmentNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { stack, trust = Trust.trusted, podSecurity = PodSecurity.restricted, deployedAt } = args;
    const { mergeRequest, kind = EnvironmentKind.preview } = args;
    const isStanding = kind === EnvironmentKind.standing;
    const ttl = validated("EnvironmentNamespace", name, args, ["project", "ref", "commit"], () => {
      checkStackName("stack", stack);
      checkGivenMetadata(args);
      checked("podSecurity", podSecurity, podSecurityForm);
      if (mergeRequest !== undefined) checkMark("mergeRequest", mergeRequest);
      if (deployedAt !== undefined) checkDeployedAt("deployedAt", deployedAt, new Date());
      checkKind(checked("kind", kind, kindForm), trust, { name: "ttl", value: args.ttl });
      checkStandingName(kind, stack);
      return timeToLive(args.ttl, rulesOf(trust));
    });
    super("dynamic-environments:index:EnvironmentNamespace", name, {}, formerly("SandboxNamespace", opts));
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: namespaceName(stack),
          labels: { ...args.labels, ...namespaceLabels(podSecurity) },
          annotations: pulumi.all([args.project, args.ref, args.commit]).apply(([project, ref, commit]) =>
            marked(args, {
              ...{ project, ref, commit, stack, trust },
              ...(isStanding ? { kind } : { ttl, ...deploymentMarks(deployedAt, ttl) }),
              ...(mergeRequest !== undefined && { mergeRequest }),
            }),
          ),
        },
      },
      { parent: this, ...(isStanding && { protect: true }) },
    );
    namespaces.set(this, namespace);
    this.namespaceName = namespace.metadata.name;
    this.expiresAt = namespace.metadata.creationTimestamp.apply((created) =>
      isStanding ? "" : expiry(deployedAt ?? created, ttl),
    );
    this.registerOutputs({ namespaceName: this.namespaceName, expiresAt: this.expiresAt });
  }

  /** The namespace itself, for `deletedWith` in TypeScript. */
  get namespace(): k8s.core.v1.Namespace {
    const namespace = namespaces.get(this);
    if (namespace === undefined) throw new Error("the namespace is not yet created");
    return namespace;
  }
}

function marked({ annotations }: EnvironmentNamespaceArgs, marks: Marks): Record<string, string> {
  return { ...annotations, ...markAnnotations(marks) };
}
