import { access } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { Failure } from "./failure.ts";
import { projectRoot } from "./folders.ts";
import { during, type Progress } from "./progress.ts";

/** A file of each Debian package that the embedded cluster needs; several places are alternatives. */
const packageFiles: Record<string, string[]> = {
  conntrack: ["/usr/sbin/conntrack"],
  containerd: ["/usr/bin/containerd"],
  "containernetworking-plugins": ["/usr/lib/cni/bridge"],
  "docker-registry": ["/usr/bin/docker-registry"],
  "docker.io": ["/usr/sbin/dockerd", "/usr/bin/dockerd"],
  iproute2: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"],
  ipset: ["/usr/sbin/ipset", "/sbin/ipset"],
  iptables: ["/usr/sbin/iptables", "/sbin/iptables"],
  mmdebstrap: ["/usr/bin/mmdebstrap"],
  openssl: ["/usr/bin/openssl"],
  runc: ["/usr/sbin/runc", "/usr/bin/runc"],
  skopeo: ["/usr/bin/skopeo"],
};

/** Installs what is missing on Debian and Ubuntu as root; else says the command that does. */
export async function ensurePackages(progress: Progress): Promise<void> {
  const missing: string[] = [];
  for (const [name, files] of Object.entries(packageFiles)) {
    if (!(await anyExists(files))) missing.push(name);
  }
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (!(await anyExists(["/usr/bin/apt-get"]))) {
    throw new Failure(
      "unreachable",
      `the embedded cluster needs Debian or Ubuntu, with these packages: ${names}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Failure("unreachable", `Debian packages are missing: run "sudo apt-get install -y ${names}"`);
  }
  await during(`installing Debian packages: ${names}`, progress, async () => {
    const script = join(projectRoot, "local", "install-packages.sh");
    const result = await execa(script, missing, { reject: false });
    if (result.exitCode !== 0) {
      const reason = result.stderr.trim().split("\n").at(-1) ?? "";
      throw new Failure("unreachable", `Debian packages could not be installed (${names}): ${reason}`);
    }
  });
}

async function anyExists(files: string[]): Promise<boolean> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
