/** API 44, IncrementalAlterConfigs: sets, deletes, extends single configs (KIP-339, KIP-412). */
import { incrementalAlterConfigs as decideChanges } from "../../cluster/controller/configs.ts";
import { ConfigResourceType, configsOf } from "../../cluster/image/metadata_image.ts";
import {
  IncrementalAlterConfigs,
  type IncrementalAlterConfigsRequest,
} from "../../protocol/messages/44_incremental_alter_configs.ts";
import { apiHandler } from "../api_handler.ts";
import { allFailed, alterResources, checkKeys, requireStoredType } from "../configs/alter.ts";
import { requireThisNode } from "../configs/node_name.ts";
import { applicableValues, checkBrokerChange, valuesAfter } from "../configs/broker_changes.ts";
import { alterLoggers } from "../configs/loggers.ts";
import { operationOf, OperationType } from "../configs/operations.ts";
import type { Services } from "../services.ts";

type Resource = IncrementalAlterConfigsRequest["resources"][number];

function preprocess(resource: Resource, validateOnly: boolean, services: Services) {
  const { resourceType: type, resourceName: name, configs } = resource;
  checkKeys(resource, (i) => configs[i].configOperation === OperationType.DELETE);
  if (type === ConfigResourceType.BROKER_LOGGER) {
    requireThisNode(name, services);
    alterLoggers(configs, validateOnly, services.logLevel);
    return null;
  }
  const isBroker = type === ConfigResourceType.BROKER;
  if (isBroker && name !== "") requireThisNode(name, services);
  else if (!isBroker) requireStoredType(type);
  const operations = new Map(
    configs.map(({ name, configOperation, value }) => [name, operationOf(configOperation, value)]),
  );
  if (isBroker) {
    const stored = configsOf(services.image, type, name);
    const values = valuesAfter(applicableValues(stored, name !== ""), operations);
    checkBrokerChange(values, name !== "", services.config);
  }
  return { resource: { type, name }, operations };
}

export const incrementalAlterConfigs = apiHandler({
  api: IncrementalAlterConfigs,
  async handle({ resources, validateOnly }, { services }) {
    const responses = await alterResources(
      resources,
      (resource) => preprocess(resource, validateOnly, services),
      (changes) =>
        services.controller.decide((context) => {
          const decision = decideChanges(changes, context);
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
