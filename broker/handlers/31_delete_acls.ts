/** API 31, DeleteAcls. There is no authorizer: SECURITY_DISABLED. */
import { KafkaError } from "../../protocol/errors.ts";
import { DeleteAcls } from "../../protocol/messages/31_delete_acls.ts";
import { apiHandler } from "../api_handler.ts";

export const deleteAcls = apiHandler({
  api: DeleteAcls,
  handle() {
    throw new KafkaError("SECURITY_DISABLED", "No authorizer is configured.");
  },
  failed({ code, message }, { filters }) {
    return { filterResults: filters.map(() => ({ errorCode: code, errorMessage: message })) };
  },
});
