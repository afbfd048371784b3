import { describe, expect, it } from '@jest/globals';
import { approval } from '../../../functions/doors/approval.ts';
import { readApproval } from '../../../shared/approval/store.ts';
import { parse } from '../../../shared/core/schema.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { approvalDesk, taskToken } from '../../support/approvals.ts';
import { now } from '../../support/builders.ts';

const asked = (input: unknown) => parse(approval.input, input);
const yes = { decision: 'approved' as const, by: 'Infrastructure', at: now, reason: 'calm', requestId: 'r' };

describe('a decision that was stored and not handed over', () => {
  it('is handed over again for the run that looks after it', async () => {
    const desk = await approvalDesk({ request: { decisions: [yes] } });
    desk.later(61);
    expect(await approval.run(asked({ redeliver: desk.request.id }), desk.context)).toEqual({
      delivered: true,
    });
    expect(desk.answered()).toEqual(['SendTaskSuccessCommand']);
    expect(desk.states.calls().at(-1)?.args[0].input).toMatchObject({ taskToken });
  });
});

describe('a scale-in that waits in vain', () => {
  it.each([
    [{}, 'superseded', 'LockLostError'],
    [{ because: 'superseded' }, 'superseded', 'LockLostError'],
    [{ because: 'restored' }, 'restored', 'RestoredByHandError'],
  ])('is ended: %j', async (because, withdrawn, error) => {
    const desk = await approvalDesk();
    await approval.run(asked({ withdraw: desk.request.incidentId, ...because }), desk.context);
    expect(desk.answered()).toEqual(['SendTaskFailureCommand']);
    expect(desk.states.calls().at(-1)?.args[0].input).toMatchObject({ taskToken, error });
    expect((await readApproval(desk.request.id, desk.store))?.request).toMatchObject({ withdrawn });
  });
});

describe('a page that fails', () => {
  it.each([
    [
      'ThrottlingException',
      Object.assign(new Error('it may quote the link'), { name: 'ThrottlingException' }),
    ],
    ['Unknown', 'no error at all'],
  ])('has the headers of every page, and only its name in the log: %s', async (name, error) => {
    let torn = false;
    const desk = await approvalDesk({
      store: (clock) => {
        const store = memoryRecordStore({ now: clock });
        return { ...store, read: (key) => (torn ? Promise.reject(error) : store.read(key)) };
      },
    });
    torn = true;
    const { statusCode, headers, body } = await desk.send();
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(body).toContain('<html');
    expect(desk.logs).toEqual([{ message: 'approval page failed', error: name }]);
  });
});

it('a request without a handle is one with a handle that nobody has', async () => {
  const desk = await approvalDesk();
  const http = { method: 'GET', sourceIp: '192.0.2.1' };
  const event = asked({ requestContext: { requestId: 'r', http }, headers: {} });
  const unknown = await desk.send({ handle: 'nobody-has-this-one' });
  expect(await approval.run(event, desk.context)).toEqual(unknown);
  expect(desk.logs).toEqual(
    Array(2).fill({ message: 'approval refused', why: 'unknown handle', address: '192.0.2.1' }),
  );
});
