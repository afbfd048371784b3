import { asked, during } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in asking people and in what their answers do. */
export const inApproval: readonly Mutation[] = [
  {
    scenario: 23,
    name: 'an unanswered request is not escalated',
    file: 'shared/approval/reminder.ts',
    find: "  if (!request.escalated && now.getTime() >= escalation) return 'escalate';\n",
    replace: '',
  },
  {
    scenario: 24,
    name: 'counts answers, whatever they say',
    file: 'shared/approval/request.ts',
    find: "  if (decisions.some(({ decision }) => decision === 'rejected')) return 'rejected';\n",
    replace: '',
  },
  {
    scenario: 25,
    name: 'a decided request shows its form again',
    file: 'shared/approval/answer.ts',
    find: "if (verdict !== 'open') return decidedPage(",
    replace: "if (verdict === 'rejected') return decidedPage(",
  },
  {
    scenario: 26,
    name: "a form without the page's own value decides",
    file: 'shared/approval/answer.ts',
    find: "  if (!sameSecret(form.get('check') ?? '', check)) return { fault: 'anti-forgery value' };\n",
    replace: '',
  },
  {
    scenario: 27,
    name: 'opening the link approves',
    file: 'shared/approval/answer.ts',
    find: 'const closed = await closedPage(found, true, context);\n',
    replace: `const closed = await closedPage(found, true, context);
  if (!closed) {
    const answer = { decision: 'approved', reason: 'opened the link' };
    const call = { handle, wish: { kind: 'show' }, address: '', requestId: 'link' };
    return decideApproval(found, answer, call, context);
  }
`,
  },
  {
    scenario: 28,
    name: 'of two answers at once the later one replaces the first',
    file: 'shared/approval/store.ts',
    find: 'updateRecord(store, asSeen(found), (present) => {',
    replace: `updateRecord(store, { ...asSeen(found), seen: undefined }, () => {
    const present = found.request;`,
  },
  {
    scenario: 29,
    name: "the plan's hash holds only the service's name",
    file: 'shared/plan/scale-in.ts',
    find: 'hash: hashOf({ service: request.service, ...changes })',
    replace: 'hash: hashOf({ service: request.service })',
    amid: {
      ...asked,
      faults: [
        {
          kind: 'person',
          at: { ...during('scale-in', 'Ask for approval'), afterSeconds: 15 },
          change: { setting: 'policy', target: 60, cooldown: 120 },
        },
      ],
    },
  },
  {
    scenario: 57,
    name: 'a link is good for ever, whoever is an approver',
    file: 'shared/approval/answer.ts',
    find: "  if (!approvers.includes(found.approver)) return refuse('no approver any more');\n",
    replace: '',
    amid: {
      ...asked,
      faults: [
        {
          kind: 'approver-removed',
          at: { ...during('scale-in', 'Ask for approval'), afterSeconds: 15 },
          place: 0,
        },
      ],
    },
  },
  {
    scenario: 39,
    name: 'waits for an answer though no mail went out',
    file: 'functions/request-approval.ts',
    find: 'if (sent < asked.needed) {',
    replace: 'if (approvers.length < asked.needed) {',
    amid: {
      environment: 'production',
      faults: [{ kind: 'channel', channel: 'mail', first: 1, times: 100 }],
    },
  },
];
