import { createHash } from 'node:crypto';
import { approvalLink, request } from '../../sandbox/approver.ts';
import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { textAt } from '../facts/values.ts';
import type { ChaosIncident } from '../generate/incident.ts';
import type { Recording } from '../record/recording.ts';

type Answers = Recording['answers'][number][];

/** Approvers who read their mail after a while and answer once; a page that fails is opened again. */
export function approvers(
  sandbox: Sandbox,
  { answer, delaySeconds }: ChaosIncident['approver'],
  stored: (key: string) => unknown,
  answers: Answers,
): () => Promise<void> {
  const done = new Set<string>();
  const tries = new Map<string, number>();
  return async () => {
    if (answer === 'never') return;
    const due = sandbox.aws.mailbox.flatMap(({ text, at }) => {
      const link = approvalLink(text);
      return !link || done.has(link) || sandbox.time.now() < at + delaySeconds * 1000 ? [] : link;
    });
    // All who have a link answer at the same moment.
    await Promise.all(due.map(answerOnce));
  };

  async function answerOnce(link: string): Promise<void> {
    done.add(link);
    try {
      await give(link.split('/').at(-1) ?? '');
    } catch {
      const count = (tries.get(link) ?? 0) + 1;
      tries.set(link, count);
      if (count < 5) done.delete(link);
    }
  }

  async function give(handle: string): Promise<void> {
    const shown = await request(sandbox, 'GET', handle);
    if (!shown.body.includes('<form')) return;
    const check = /name="check" value="([^"]*)"/.exec(shown.body)?.[1] ?? '';
    const decision = answer === 'yes' ? 'approved' : 'rejected';
    const form = new URLSearchParams({ check, reason: 'As the page says.', decision });
    const at = sandbox.time.now();
    const link = stored(`approval-handle/${createHash('sha256').update(handle).digest('hex')}`);
    answers.push({
      at,
      approvalId: textAt(link, 'approvalId') ?? '',
      approver: textAt(link, 'approver') ?? '',
      decision,
    });
    await request(sandbox, 'POST', handle, form.toString());
  }
}

/** The settings that count as a person's or the product's choice. */
export type SettingName = 'desired' | 'min' | 'max' | 'suspended' | 'policies' | 'taskDefinition';

export const settingNames: readonly SettingName[] = [
  'desired',
  'min',
  'max',
  'suspended',
  'policies',
  'taskDefinition',
];

export const settingOf = (settings: ServiceSettings, name: SettingName): unknown => settings[name];
