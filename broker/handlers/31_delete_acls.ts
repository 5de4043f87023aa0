/** API 31, DeleteAcls. There is no authorizer: SECURITY_DISABLED. */
import { KafkaError } from "../../protocol/errors.ts";
import { DeleteAcls } from "../../protocol/messages/31_delete_acls.ts";
import { requireKnownElements } from "../acl_elements.ts";
import { apiHandler } from "../api_handler.ts";

export const deleteAcls = apiHandler({
  api: DeleteAcls,
  handle({ filters }) {
    const codes = filters.flatMap((each) => [
      each.resourceTypeFilter,
      each.patternTypeFilter,
      each.operation,
      each.permissionType,
    ]);
    requireKnownElements("DeleteAcls", codes);
    throw new KafkaError("SECURITY_DISABLED", "No authorizer is configured.");
  },
  failed({ code, message }, { filters }) {
    return { filterResults: filters.map(() => ({ errorCode: code, errorMessage: message })) };
  },
});
