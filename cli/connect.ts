/** The options by which every client command finds its cluster. */
import { ClusterClient } from "../client/cluster.ts";
import type { Arguments, Options } from "../lib/args.ts";

export const CONNECT_OPTIONS = {
  "bootstrap-server": {
    value: "HOST:PORT",
    letter: "b",
    summary: "Where the cluster is reached (127.0.0.1:9092).",
  },
} as const satisfies Options;

/** Runs something with a client that is closed afterwards. */
export async function withCluster<T>(
  args: Arguments,
  run: (cluster: ClusterClient) => Promise<T>,
): Promise<T> {
  const cluster = new ClusterClient({
    bootstrapServers: args.text("bootstrap-server") ?? "127.0.0.1:9092",
    clientId: "takhin-cli",
  });
  try {
    return await run(cluster);
  } finally {
    cluster.close();
  }
}
