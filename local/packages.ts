import { join } from "node:path";
import { execa } from "#bundled/execa";
import { Failure } from "../foundation/failure.ts";
import { exists } from "../foundation/files.ts";
import { projectRoot } from "../foundation/folders.ts";
import { exclusively } from "../foundation/lock.ts";
import { command, during, type Work } from "../foundation/work.ts";

/** A file of each Debian package that the embedded cluster needs; several places are alternatives. */
const packageFiles: Record<string, string[]> = {
  conntrack: ["/usr/sbin/conntrack"],
  containerd: ["/usr/bin/containerd"],
  "containernetworking-plugins": ["/usr/lib/cni/bridge"],
  "docker-registry": ["/usr/bin/docker-registry"],
  "docker.io": ["/usr/sbin/dockerd", "/usr/bin/dockerd"],
  "docker-cli": ["/usr/bin/docker", "/usr/local/bin/docker"],
  iproute2: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"],
  ipset: ["/usr/sbin/ipset", "/sbin/ipset"],
  iptables: ["/usr/sbin/iptables", "/sbin/iptables"],
  mmdebstrap: ["/usr/bin/mmdebstrap"],
  openssl: ["/usr/bin/openssl"],
  runc: ["/usr/sbin/runc", "/usr/bin/runc"],
  skopeo: ["/usr/bin/skopeo"],
  socat: ["/usr/bin/socat"],
  slirp4netns: ["/usr/bin/slirp4netns"],
};

/**
 * Installs what is missing on Debian and Ubuntu as root; else says the command that does.
 * @param wanted a file of each package, as above.
 */
export async function ensurePackages(work: Work, wanted = packageFiles): Promise<void> {
  if ((await missingPackages(wanted)).length === 0) return;
  if (!(await exists("/usr/bin/apt-get"))) {
    const names = (await missingPackages(wanted)).join(" ");
    throw new Failure(
      "unreachable",
      `the embedded cluster needs Debian or Ubuntu, with these packages: ${names}; set KUBECONFIG to use a cluster of yours`,
    );
  }
  await exclusively("cluster/packages", "another process installs packages", work, async () => {
    const missing = await missingPackages(wanted);
    if (missing.length === 0) return;
    const names = missing.join(" ");
    if (process.getuid?.() !== 0) {
      throw new Failure("unreachable", `Debian packages are missing: run "sudo apt-get install -y ${names}"`);
    }
    await during(`installing Debian packages: ${names}`, work, () =>
      command(
        join(projectRoot, "local", "install-packages.sh"),
        missing,
        work,
        (reason) => `Debian packages could not be installed (${names}): ${reason}`,
      ),
    );
  });
}

async function missingPackages(wanted: Record<string, string[]>): Promise<string[]> {
  const missing = [];
  for (const [name, files] of Object.entries(wanted)) {
    const found = await Promise.all(files.map(exists));
    if (!found.includes(true)) missing.push(name);
  }
  // Up to Debian 12 the client is a part of docker.io.
  const known = missing.includes("docker-cli") && (await isKnown("docker-cli"));
  return missing.filter((name) => name !== "docker-cli" || known);
}

async function isKnown(name: string): Promise<boolean> {
  return (await execa("apt-cache", ["show", name], { reject: false })).exitCode === 0;
}
