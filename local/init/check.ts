import { checkConfigText } from '../../shared/config/read-config.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { Draft } from './stage-file.ts';
import { yamlOf } from './yaml-text.ts';

/** Keys of the file that packaging refuses until they are filled in, with the line on which each stands. */
export type Open = { key: string; line: number | undefined }[];

/**
 * The text of the file, and what packaging refuses in it: by its own schema, once as it is and once as if somebody had
 * filled it in, because only then the rules between several keys speak. Pure.
 * @throws InvalidInputError that names every other key, with what is allowed
 */
export function checkedText(draft: Draft, file: string): { text: string; open: Open } {
  const filled = checkConfigText(yamlOf(filledIn(draft)), file);
  if ('faults' in filled) {
    const faults = filled.faults.map(({ key, message }) => `${key}: ${message}`);
    throw new InvalidInputError(
      `${file} is not written, because packaging would refuse it: ${faults.join('; ')}`,
    );
  }
  const text = yamlOf(draft);
  const checked = checkConfigText(text, file);
  return { text, open: 'faults' in checked ? checked.faults : [] };
}

/** Values that packaging would take, in the place of those that only a person knows. */
function filledIn(draft: Draft): Draft {
  const { emergency, requestRate, contacts, approval } = draft;
  const people = ['one', 'two'].map((name) => ({ name, email: `${name}@example.com` }));
  return {
    ...draft,
    loadBalancer: draft.loadBalancer === null ? 'app/name/0123456789abcdef' : draft.loadBalancer,
    requestsPerMinute: draft.requestsPerMinute ?? 1,
    taskQuota: draft.taskQuota ?? emergency.max,
    requestRate: { warning: requestRate.warning ?? 1, critical: requestRate.critical ?? 2 },
    approval: {
      ...approval,
      sender: approval.sender ?? 'sender@example.com',
      approvers: approval.approvers ?? people,
    },
    contacts: {
      primaryOnCall: contacts.primaryOnCall ?? 'one',
      devOpsLead: contacts.devOpsLead ?? 'one',
      infrastructure: contacts.infrastructure ?? 'one',
    },
  };
}
