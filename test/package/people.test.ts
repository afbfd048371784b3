import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { Config } from '../../shared/config/schema.ts';
import { configWith, production } from '../support/builders.ts';
import { root } from '../support/packaged.ts';

const { describePeople } = createRequire(import.meta.url)(join(root, 'stage.cjs'));

const text = (value: unknown) => JSON.stringify(value);

it('the roles may mail and read what the stage alone names where no service says anything of its own', () => {
  const people = describePeople(production);
  expect(people.sender).toBe(production.approval.sender);
  expect(people.recipients).toEqual(production.approval.approvers.map(({ email }) => email));
  expect(people.noticeSecrets).toHaveLength(2);
});

it('the roles may mail the approvers of each service, from its sender, and read its secrets, also of one elsewhere', () => {
  const config: Config = configWith((draft, service) => {
    const { approval, notices } = structuredClone(draft);
    draft.services.checkout = {
      ...service,
      service: 'checkout',
      account: 'shop',
      approval: {
        ...approval,
        sender: 'scaling@checkout.example',
        approvers: [...approval.approvers, { name: 'Lead', email: 'lead@checkout.example' }],
      },
      notices: { ...notices, chat: { ...notices.chat, urlSecret: '/checkout/chat' } },
    };
  });
  const people = describePeople(config);
  expect(people.sender).toEqual([production.approval.sender, 'scaling@checkout.example']);
  expect(people.recipients).toEqual([
    ...production.approval.approvers.map(({ email }) => email),
    'lead@checkout.example',
  ]);
  for (const identity of ['lead@checkout.example', 'checkout.example', 'scaling@checkout.example'])
    expect(text(people.mail)).toContain(`identity/${identity}"`);
  expect(people.noticeSecrets).toHaveLength(3);
  expect(text(people.noticeSecrets)).toContain('parameter/checkout/chat"');
});
