/** Who asks, as groups know their members: client id and host. */
import type { RequestOrigin } from "../coordinator/group/group.ts";
import type { RequestContext } from "./api_handler.ts";

/** An address as Java writes one: no groups of an IPv6 address are left out or padded. */
function asJavaAddress(host: string): string {
  if (!host.includes(":")) return host;
  const [head, tail] = host.split("::").map((part) => part === "" ? [] : part.split(":"));
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(zeros).fill("0"), ...(tail ?? [])].join(":");
}

export function originOf({ client, clientId, version }: RequestContext): RequestOrigin {
  return { clientId: clientId ?? "", clientHost: `/${asJavaAddress(client.host)}`, version };
}
