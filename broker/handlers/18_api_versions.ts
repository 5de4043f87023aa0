/** API 18, ApiVersions: what this node serves, and the feature levels (KIP-35, KIP-511, KIP-584). */
import { SUPPORTED_FEATURES } from "../../cluster/features.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { ApiVersions } from "../../protocol/messages/18_api_versions.ts";
import { apiHandler } from "../api_handler.ts";

/** From it on the client says what it is. */
const CLIENT_SOFTWARE_VERSION = 3;
/** Before it, clients cannot read a feature whose lowest level is 0 (KAFKA-17492). */
const LEVEL_ZERO_VERSION = 4;

const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersions = apiHandler({
  api: ApiVersions,
  handle(request, { services, client, version }) {
    const { clientSoftwareName, clientSoftwareVersion } = request;
    const isNamed = SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion);
    if (version >= CLIENT_SOFTWARE_VERSION && !isNamed) {
      return { errorCode: ErrorCode.INVALID_REQUEST };
    }
    const { image } = services;
    const supported = SUPPORTED_FEATURES.filter(({ min }) =>
      min > 0 || version >= LEVEL_ZERO_VERSION
    );
    const finalized = new Map(image.features);
    const { kraftVersionLevel } = services.raft;
    if (kraftVersionLevel > 0) finalized.set("kraft.version", kraftVersionLevel);
    return {
      apiKeys: services.advertisedApis(client.role),
      supportedFeatures: supported.map(({ name, min, max }) => ({
        name,
        minVersion: min,
        maxVersion: max,
      })),
      finalizedFeaturesEpoch: image.offset,
      finalizedFeatures: Array.from(finalized, ([name, level]) => ({
        name,
        minVersionLevel: level,
        maxVersionLevel: level,
      })),
    };
  },
  failed({ code }) {
    return { errorCode: code };
  },
});
