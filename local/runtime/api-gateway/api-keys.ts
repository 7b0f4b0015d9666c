import type { ApiKey, UsagePlan } from '../api-registry.ts';

/** The API keys of the account and which stages their usage plans open to them. */
export interface ApiKeys {
  addKey(key: ApiKey): void;
  addPlan(plan: UsagePlan): void;
  /** Throws when the key or the plan is not there. */
  addKeyToPlan(keyId: string, usagePlanId: string): void;
  /** The enabled key of that value, when a usage plan opens the stage to it. */
  find(value: string | undefined, apiId: string, stage: string): ApiKey | undefined;
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-control-access.html */
export function createApiKeys(): ApiKeys {
  const keys = new Map<string, ApiKey>();
  const plans = new Map<string, UsagePlan>();
  const members = new Map<string, Set<string>>();

  return {
    addKey: (key) => void keys.set(key.id, key),
    addPlan(plan) {
      plans.set(plan.id, plan);
      members.set(plan.id, new Set());
    },
    addKeyToPlan(keyId, usagePlanId) {
      if (!keys.has(keyId)) throw new Error(`There is no API key ${keyId} to add to a usage plan.`);
      const plan = members.get(usagePlanId);
      if (!plan) throw new Error(`There is no usage plan ${usagePlanId} for the API key ${keyId}.`);
      plan.add(keyId);
    },
    find(value, apiId, stage) {
      const key = [...keys.values()].find((candidate) => candidate.enabled && candidate.value === value);
      if (!key) return undefined;
      const opened = [...plans.values()].some(
        (plan) =>
          members.get(plan.id)?.has(key.id) &&
          plan.stages.some((open) => open.apiId === apiId && open.stage === stage),
      );
      return opened ? key : undefined;
    },
  };
}
