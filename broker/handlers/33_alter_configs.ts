/** API 33, AlterConfigs: replaces all configs of a resource; superseded by API 44 (KIP-133). */
import { legacyAlterConfigs } from "../../cluster/controller/configs.ts";
import { ConfigResourceType } from "../../cluster/image/metadata_image.ts";
import { AlterConfigs } from "../../protocol/messages/33_alter_configs.ts";
import { apiHandler } from "../api_handler.ts";
import { allFailed, alterResources, checkKeys, requireStoredType } from "../configs/alter.ts";
import { requireThisNode } from "../configs/node_name.ts";
import { checkBrokerChange } from "../configs/broker_changes.ts";

export const alterConfigs = apiHandler({
  api: AlterConfigs,
  async handle({ resources, validateOnly }, { services }) {
    const { config, controller } = services;
    const responses = await alterResources(
      resources,
      (resource) => {
        checkKeys(resource, () => false);
        const { resourceType: type, resourceName: name, configs } = resource;
        if (type === ConfigResourceType.BROKER) {
          if (name !== "") requireThisNode(name, services);
          const values = new Map(configs.map(({ name, value }) => [name, value!]));
          checkBrokerChange(values, name !== "", config);
        } else requireStoredType(type);
        const operations = new Map(configs.map(({ name, value }) => [name, { set: value! }]));
        return { resource: { type, name }, operations };
      },
      (changes) =>
        controller.decide((context) => {
          const decision = legacyAlterConfigs(changes, context);
          return validateOnly ? { ...decision, records: [] } : decision;
        }),
      services,
    );
    return { responses };
  },
  failed({ code, message }, { resources }) {
    return { responses: allFailed(resources, code, message) };
  },
});
