/** API 42, DeleteGroups: groups without members go, with their offsets (KIP-229). */
import { codeOf } from "../../protocol/errors.ts";
import { DeleteGroups } from "../../protocol/messages/42_delete_groups.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

async function deleteGroup(groupId: string, { services }: RequestContext) {
  try {
    const [result] = await services.groups.write(groupId, (shard) => shard.delete([groupId]));
    return result;
  } catch (error) {
    return { groupId, errorCode: codeOf(error) };
  }
}

export const deleteGroups = apiHandler({
  api: DeleteGroups,
  async handle({ groupsNames }, context) {
    const named = [...new Set(groupsNames)];
    return { results: await Promise.all(named.map((groupId) => deleteGroup(groupId, context))) };
  },
  failed({ code: errorCode }, { groupsNames }) {
    return { results: groupsNames.map((groupId) => ({ groupId, errorCode })) };
  },
});
