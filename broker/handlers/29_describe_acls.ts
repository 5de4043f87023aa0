/** API 29, DescribeAcls. There is no authorizer: SECURITY_DISABLED. */
import { KafkaError } from "../../protocol/errors.ts";
import { DescribeAcls } from "../../protocol/messages/29_describe_acls.ts";
import { requireKnownElements } from "../acl_elements.ts";
import { apiHandler } from "../api_handler.ts";

export const describeAcls = apiHandler({
  api: DescribeAcls,
  handle(request) {
    const { resourceTypeFilter, patternTypeFilter, operation, permissionType } = request;
    requireKnownElements("DescribeAcls", [
      resourceTypeFilter,
      patternTypeFilter,
      operation,
      permissionType,
    ]);
    throw new KafkaError("SECURITY_DISABLED", "No authorizer is configured on the broker");
  },
  failed: ({ code, message }) => ({ errorCode: code, errorMessage: message }),
});
