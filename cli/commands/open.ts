import { Command } from "commander";
import { z } from "zod";
import type { Form } from "../../components/model/index.ts";
import { required } from "../../foundation/required.ts";
import { behindService, requirePort, servedPorts } from "../environment/forwardedPort.ts";
import { forward, listen, portOf } from "../environment/forwarding.ts";
import { identify } from "../environment/identity.ts";
import { enter, looking, requireService } from "../environment/inside.ts";
import { urlsIn } from "../kubernetes/route.ts";
import { isReady, podsOf } from "../kubernetes/servicePods.ts";
import { door } from "../process/door.ts";
import { Report } from "../view/report.ts";
import { identityOptions } from "./identityOptions.ts";
import { lookedAt, untilInterrupted, type LookOptions } from "./look.ts";

interface OpenOptions extends LookOptions {
  port?: number;
}

export function openCommand(): Command {
  return identityOptions(new Command("open"))
    .argument(
      "<service[:port]>",
      "what to open; of several ports, one by its name or number (default: the first)",
    )
    .description(
      "print the address of a service; where it has none outside of the cluster, or with a port, forward a port of this machine to it, print that address first, and go on until Ctrl-C, which is a good end",
    )
    .option("--port <n>", "port of this machine, on 127.0.0.1 alone (default: one that is free)", (text) =>
      required("--port", text, portForm),
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .action(open);
}

const portForm: Form<number> = {
  schema: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .transform(Number)
    .refine((port) => port <= 65_535),
  rule: "a port from 1 to 65535",
  example: "8080",
};

async function open(target: string, options: OpenOptions): Promise<void> {
  const run = identify(options);
  const [service = "", wanted] = target.split(/:(.*)/s);
  await untilInterrupted(true, async (signal) => {
    const { config, namespace } = await lookedAt(run, options);
    const opened = async () => {
      const { mask, line } = new Report();
      const inside = await enter(config, run, mask);
      requireService(inside, service);
      const isForwarded = (wanted ?? options.port) !== undefined;
      const url = isForwarded ? undefined : (await urlsIn(config, namespace)).get(service);
      if (url !== undefined) {
        door.pass(url);
        return;
      }
      const served = await servedPorts(inside, service);
      const ready = (await podsOf(config, namespace, service)).filter(isReady);
      const number = requirePort(ready, { service, port: wanted, served }, namespace);
      const server = await listen(options.port);
      door.pass(`http://127.0.0.1:${String(portOf(server))}`);
      line(`it leads to port ${String(number)} of ${service}; Ctrl-C ends it`);
      const forwarding = { service, port: behindService(served, wanted), localPort: options.port, line };
      await forward(server, inside, forwarding, signal);
    };
    await looking("dynenv open", namespace, opened, "portforward");
  });
}
