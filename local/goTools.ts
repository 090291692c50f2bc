import { kubernetesRelease, versionOf } from "./versions.ts";

/** A tool that can be built from Go modules. */
export interface GoTool {
  /** Folder below local/tools with the wrapper module. */
  folder: string;
  /** Name of each executable to its package. */
  packages: Record<string, string>;
  /** Linker flags beside those that drop debug information. */
  linkerFlags?: string;
  /** Files of a module that are kept beside the executables, as one. */
  files?: { module: string; paths: string[]; as: string };
  /** Command that tells the version of a copy on PATH, and what it must print. */
  version?: { command: string[]; pattern: RegExp };
  /** What the build takes on two cores with empty caches. */
  minutes: number;
}

const pulumiVersion = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const kubernetesVersion = "k8s.io/component-base/version";

export const pulumi: GoTool = {
  folder: "pulumi",
  packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
  linkerFlags: `-X ${pulumiVersion}=v${versionOf("pulumi")}`,
  version: { command: ["pulumi", "version"], pattern: /^v3\.(23[2-9]|2[4-9]\d|[3-9]\d\d)\./ },
  minutes: 4,
};

/** The newest language host that builds as a module; see bin/pulumi-language-nodejs for how it is started. */
export const nodeLanguageHost: GoTool = {
  folder: "pulumi-language-nodejs",
  packages: {
    "pulumi-language-nodejs-v3.68": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
  linkerFlags: `-X ${pulumiVersion}=v3.68.0`,
  minutes: 1,
};

export const kubernetesProvider: GoTool = {
  folder: "pulumi-resource-kubernetes",
  packages: { "pulumi-resource-kubernetes": "." },
  linkerFlags: `-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=v${versionOf("kubernetes")}`,
  minutes: 7,
};

/** For programs in YAML that use the components. */
export const yamlLanguageHost: GoTool = {
  folder: "pulumi-language-yaml",
  packages: { "pulumi-language-yaml": "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" },
  minutes: 3,
};

/** For programs in Python; like the one for Node, the newest that builds as a module. */
export const pythonLanguageHost: GoTool = {
  folder: "pulumi-language-nodejs",
  packages: {
    "pulumi-language-python": "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
  },
  linkerFlags: `-X ${pulumiVersion}=v3.68.0`,
  minutes: 1,
};

const [major = "", minor = ""] = kubernetesRelease.split(".");

const kubernetes: GoTool = {
  folder: "kubernetes",
  packages: Object.fromEntries(
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"].map(
      (name) => [name, `k8s.io/kubernetes/cmd/${name}`],
    ),
  ),
  linkerFlags: `-X ${kubernetesVersion}.gitVersion=v${kubernetesRelease} -X ${kubernetesVersion}.gitMajor=${major} -X ${kubernetesVersion}.gitMinor=${minor}`,
  version: { command: ["kube-apiserver", "--version"], pattern: new RegExp(`v${major}\\.${minor}\\.`) },
  minutes: 5,
};

const etcd: GoTool = { folder: "kubernetes", packages: { etcd: "go.etcd.io/etcd/server/v3" }, minutes: 1 };

const kubeRouter: GoTool = {
  folder: "kube-router",
  packages: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
  minutes: 2,
};

const coredns: GoTool = {
  folder: "coredns",
  packages: { coredns: "github.com/coredns/coredns" },
  minutes: 2,
};

/** The gateway; without the providers of its certificates' library, see toolBuild.ts. */
export const traefik: GoTool = {
  folder: "traefik",
  packages: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
  linkerFlags: "-X github.com/traefik/traefik/v3/pkg/version.Version=v3.7.13",
  // What it watches, without which it does not start.
  files: {
    module: "sigs.k8s.io/gateway-api",
    paths: [
      ...["gatewayclasses", "gateways", "httproutes", "grpcroutes"],
      ...["tlsroutes", "referencegrants", "backendtlspolicies"],
    ].map((kind) => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`),
    as: "gateway-api.yaml",
  },
  minutes: 6,
};

const pause: GoTool = { folder: "pause", packages: { pause: "." }, minutes: 1 };

/** What the embedded cluster runs. */
export const clusterTools = [kubernetes, etcd, kubeRouter, coredns, pause];

/** Tells which pods may connect to which, from manifests alone. */
export const netpolAnalyzer: GoTool = {
  folder: "netpol-analyzer",
  packages: { netpolicy: "github.com/np-guard/netpol-analyzer/cmd/netpolicy" },
  minutes: 4,
};

/** Checks manifests against schemas. */
export const kubeconform: GoTool = {
  folder: "kubeconform",
  packages: { kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform" },
  minutes: 1,
};

/** Checks GitHub workflows. */
export const actionlint: GoTool = {
  folder: "actionlint",
  packages: { actionlint: "github.com/rhysd/actionlint/cmd/actionlint" },
  minutes: 1,
};

/** Runs GitHub workflows; `-P ubuntu-latest=-self-hosted` runs their jobs on this machine. */
export const act: GoTool = {
  folder: "act",
  packages: { act: "github.com/nektos/act" },
  linkerFlags: "-X main.version=0.2.89",
  minutes: 2,
};

/** A server that speaks S3, to keep state in. */
export const gofakes3: GoTool = {
  folder: "gofakes3",
  packages: { gofakes3: "github.com/johannesboyne/gofakes3/cmd/gofakes3" },
  minutes: 1,
};

/** Catches mail: what the backing service is. Its module has no page, which npm would build, but all of its API. */
export const mailpit: GoTool = {
  folder: "mailpit",
  packages: { mailpit: "github.com/axllent/mailpit" },
  minutes: 2,
};

/** The server of the backing service `s3`. */
export const versitygw: GoTool = {
  folder: "versitygw",
  packages: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
  minutes: 3,
};

/** Checks Concourse pipelines: the part of fly that does, which builds in a minute. */
export const concourseValidate: GoTool = {
  folder: "concourse-validate",
  packages: { "concourse-validate": "." },
  minutes: 1,
};

/** What the benchmarks race against. */
export const helm: GoTool = { folder: "helm", packages: { helm: "helm.sh/helm/v4/cmd/helm" }, minutes: 4 };

/** The server of the benchmarks' services. */
export const benchService: GoTool = {
  folder: "bench-service",
  packages: { "bench-service": "." },
  minutes: 1,
};
