/** API 16, ListGroups: the groups that this node coordinates (KIP-518, KIP-848 filters). */
import { ListGroups } from "../../protocol/messages/16_list_groups.ts";
import { apiHandler } from "../api_handler.ts";

export const listGroups = apiHandler({
  api: ListGroups,
  async handle({ statesFilter, typesFilter }, { services }) {
    const found = await services.groups.readAll((shard) => shard.list(statesFilter, typesFilter));
    return { groups: found.flat() };
  },
  failed({ code: errorCode }) {
    return { errorCode };
  },
});
