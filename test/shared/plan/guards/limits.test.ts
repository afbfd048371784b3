import { describe, expect, it } from '@jest/globals';
import type { Reason } from '../../../../shared/document/reason.ts';
import type { Guard } from '../../../../shared/format/reasons/capacity.ts';
import { autoscalingChanges } from '../../../../shared/plan/emergency-settings.ts';
import { raisedMax } from '../../../../shared/plan/guards/limits.ts';
import { registered, service } from '../../../support/builders.ts';

const growth: Guard = { guard: 'growth', limit: 4 };
const clients: Guard = { guard: 'connections', limit: 16 };
const slots: Guard = { guard: 'slots', limit: 14 };

describe('how far autoscaling may go by itself', () => {
  it.each<[string, Guard[], object]>([
    ['as configured', [], { max: 20 }],
    ['growth in one step is a plan’s alone', [growth], { max: 20 }],
    ['more connections than tasks are allowed cap nothing', [{ ...clients, limit: 40 }], { max: 20 }],
    ['the connection budget', [growth, clients], { max: 16, capped: clients }],
    ['the tightest of both', [clients, slots], { max: 14, capped: slots }],
  ])('%s', (_name, limits, expected) => {
    expect(raisedMax(service, limits)).toEqual(expected);
  });

  const changes = (limits: Guard[], tasks = 9, known: Reason[] = []) => {
    const reasons = [...known];
    const { bounds } = autoscalingChanges(registered(), tasks, service, reasons, limits);
    return { max: bounds?.to.max, codes: reasons.map(({ code }) => code) };
  };

  it('is said once, and never lowers what is registered or what the plan asks for', () => {
    expect(changes([slots])).toMatchObject({ max: 14, codes: expect.arrayContaining(['limited-by']) });
    expect(changes([{ ...slots, limit: 4 }]).max).toBe(10);
    expect(changes([slots], 15).max).toBe(15);
    const said = { code: 'limited-by', text: '', guard: 'slots' };
    expect(changes([slots], 9, [said]).codes.filter((code) => code === 'limited-by')).toHaveLength(1);
    expect(changes([]).codes).not.toContain('limited-by');
  });
});
