/** API 74, ListConfigResources: what has configs (KIP-714, KIP-1142). */
import { ConfigResourceType, type MetadataImage } from "../../cluster/image/metadata_image.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { ListConfigResources } from "../../protocol/messages/74_list_config_resources.ts";
import { apiHandler } from "../api_handler.ts";

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType;

/** In the order in which they are listed. */
const LISTED: readonly number[] = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC];

/** Names of the resources of one type. */
function names(type: number, image: MetadataImage, listener: string): string[] {
  switch (type) {
    case TOPIC:
      return [...image.topicsByName.keys()];
    case BROKER:
    case BROKER_LOGGER:
      return [...image.brokers.values()]
        .filter(({ endpoints }) => endpoints.some(({ name }) => name === listener))
        .map(({ id }) => String(id));
    default: {
      const prefix = `${type}/`;
      return [...image.configs.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
    }
  }
}

export const listConfigResources = apiHandler({
  api: ListConfigResources,
  handle({ resourceTypes }, { services, client, version }) {
    const supported = version === 0 ? [CLIENT_METRICS] : LISTED;
    if (resourceTypes.some((type) => !supported.includes(type))) {
      return { errorCode: ErrorCode.UNSUPPORTED_VERSION };
    }
    const wanted = resourceTypes.length === 0 ? supported : resourceTypes;
    const configResources = LISTED.filter((type) => wanted.includes(type)).flatMap((type) =>
      names(type, services.image, client.listener)
        .map((resourceName) => ({ resourceName, resourceType: type }))
    );
    return { configResources };
  },
  failed: ({ code }) => ({ errorCode: code }),
});
