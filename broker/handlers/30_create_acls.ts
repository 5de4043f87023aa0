/** API 30, CreateAcls. There is no authorizer: SECURITY_DISABLED. */
import { KafkaError } from "../../protocol/errors.ts";
import { CreateAcls } from "../../protocol/messages/30_create_acls.ts";
import { requireKnownElements } from "../acl_elements.ts";
import { apiHandler } from "../api_handler.ts";

export const createAcls = apiHandler({
  api: CreateAcls,
  handle({ creations }) {
    const codes = creations.flatMap((each) => [
      each.resourceType,
      each.resourcePatternType,
      each.operation,
      each.permissionType,
    ]);
    requireKnownElements("CreateAcls", codes);
    throw new KafkaError("SECURITY_DISABLED", "No authorizer is configured.");
  },
  failed({ code, message }, { creations }) {
    return { results: creations.map(() => ({ errorCode: code, errorMessage: message })) };
  },
});
