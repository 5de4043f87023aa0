/** API 32, DescribeConfigs: values, where they come from, what they mean. */
import { ConfigResourceType } from "../../cluster/image/metadata_image.ts";
import { codeOf, ErrorCode, errorMessage, KafkaError } from "../../protocol/errors.ts";
import {
  DescribeConfigs,
  type DescribeConfigsRequest,
} from "../../protocol/messages/32_describe_configs.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { describeResource } from "../configs/describe.ts";

const KNOWN_TYPES: readonly number[] = Object.values(ConfigResourceType)
  .filter((type) => type !== ConfigResourceType.UNKNOWN);

type Resource = DescribeConfigsRequest["resources"][number];

function describe(
  { resourceType, resourceName, configurationKeys }: Resource,
  request: DescribeConfigsRequest,
  { services }: RequestContext,
) {
  try {
    const entries = describeResource(resourceType, resourceName, services, {
      withSynonyms: request.includeSynonyms,
      withDocumentation: request.includeDocumentation,
    });
    const all = configurationKeys === null || configurationKeys.length === 0;
    const configs = all ? entries : entries.filter(({ name }) => configurationKeys.includes(name!));
    return { errorCode: ErrorCode.NONE, errorMessage: "", resourceType, resourceName, configs };
  } catch (error) {
    if (!(error instanceof KafkaError)) {
      services.logger.error("configs cannot be described", { error: String(error) });
    }
    const code = codeOf(error);
    const silent = code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const detail = error instanceof KafkaError ? error.detail : null;
    return {
      errorCode: code,
      errorMessage: silent ? "" : detail,
      resourceType,
      resourceName,
      configs: [],
    };
  }
}

export const describeConfigs = apiHandler({
  api: DescribeConfigs,
  handle(request, context) {
    for (const { resourceType, resourceName } of request.resources) {
      if (KNOWN_TYPES.includes(resourceType)) continue;
      throw new KafkaError(
        "INVALID_REQUEST",
        `Unexpected resource type ${resourceType} for resource ${resourceName}`,
      );
    }
    return { results: request.resources.map((resource) => describe(resource, request, context)) };
  },
  failed({ code }, request) {
    const results = request.resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      errorMessage: errorMessage(code),
      resourceType,
      resourceName,
      configs: [],
    }));
    return { results };
  },
});
