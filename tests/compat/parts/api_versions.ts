/**
 * `api_versions`: what both brokers tell of the APIs that Takhin serves, on the listener for clients
 * and on the controller's, and of the features.
 */
import { API_TABLE } from "../../../broker/api_table.ts";
import { ClientConnection } from "../../../client/connection.ts";
import { ApiVersions } from "../../../protocol/messages/18_api_versions.ts";
import type { Decoded } from "../../../protocol/schema/schema.ts";
import { HOST, type RunningNode } from "../nodes.ts";
import { withPair } from "../pair.ts";
import { type Report, requireSame, requireTrue } from "../report.ts";

/** Before version 4, features that may have level 0 are left out (KAFKA-17492). */
const VERSIONS = [0, 3, 4];

type Answer = Decoded<typeof ApiVersions.response>;

const names = new Map(API_TABLE.map(({ api }) => [api.key, api.name]));

export async function apiVersions(report: Report): Promise<void> {
  await withPair("api_versions", async ({ kafka, takhin }) => {
    const listeners = {
      client: (node: RunningNode) => node.port,
      controller: (node: RunningNode) => node.site.controllerPort,
    };
    for (const [listener, portOf] of Object.entries(listeners)) {
      for (const version of VERSIONS) {
        const theirs = await ask(portOf(kafka), version);
        const ours = await ask(portOf(takhin), version);
        const name = `on the ${listener} listener, version ${version}`;
        await report.check(`APIs ${name}`, () => {
          requireSame(apisOf(ours), apisOf(theirs), "APIs");
          const others = theirs.apiKeys.filter(({ apiKey }) => !names.has(apiKey)).length;
          return `${ours.apiKeys.length} the same, ${others} that Takhin does not serve`;
        });
        await report.check(`features ${name}`, () => {
          requireSame(featuresOf(ours), featuresOf(theirs), "features");
          requireTrue(
            version < 3 || featuresOf(ours).includes("metadata.version"),
            "there are none",
          );
        });
      }
    }
  });
}

async function ask(port: number, version: number): Promise<Answer> {
  const connection = await ClientConnection.connect({ host: HOST, port, clientId: "compat" });
  try {
    const software = { clientSoftwareName: "compat", clientSoftwareVersion: "1" };
    return await connection.request(ApiVersions, version, software);
  } finally {
    connection.close();
  }
}

/** A line for each API that Takhin serves. */
function apisOf({ apiKeys }: Answer): string {
  return apiKeys.filter(({ apiKey }) => names.has(apiKey))
    .sort((a, b) => a.apiKey - b.apiKey)
    .map((api) => `${api.apiKey} ${names.get(api.apiKey)} ${api.minVersion}-${api.maxVersion}`)
    .join("\n");
}

function featuresOf(answer: Answer): string {
  return [
    ...answer.supportedFeatures.map(({ name, minVersion, maxVersion }) =>
      `${name} supported ${minVersion}-${maxVersion}`
    ),
    ...answer.finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) =>
      `${name} finalised ${minVersionLevel}-${maxVersionLevel}`
    ),
  ].sort().join("\n");
}
