import { describe, expect, it } from '@jest/globals';
import { isWithinLimit, networkOf } from '../../../shared/approval/rate-limit.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';

describe('the address that is counted', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:1::', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
    ['1::4:5:6:7:8', '1:0:0:4::/64'],
    ['', ''],
  ])('of "%s" is "%s"', (address, counted) => {
    expect(networkOf(address)).toBe(counted);
  });
});

describe('the limit of a minute', () => {
  const at = new Date('2026-10-02T17:10:00.000Z');

  it.each([
    ['address', 60],
    ['handle', 30],
  ] as const)('for one %s is %d requests, and the next minute begins anew', async (what, most) => {
    const store = memoryRecordStore({ now: () => at });
    const ask = (id: number, now: Date) => isWithinLimit(what, 'one', `request-${id}`, now, store);
    const answers: boolean[] = [];
    for (let id = 0; id <= most; id++) answers.push(await ask(id, at));
    expect(answers.filter(Boolean)).toHaveLength(most);
    expect(answers.at(-1)).toBe(false);
    expect(await ask(most + 1, new Date(at.getTime() + 60_000))).toBe(true);
  });

  it('is shared by all addresses of an IPv6 network', async () => {
    const store = memoryRecordStore({ now: () => at });
    const answers: boolean[] = [];
    for (let id = 0; id <= 60; id++)
      answers.push(await isWithinLimit('address', `2001:db8::${id}`, `request-${id}`, at, store));
    expect(answers.at(-1)).toBe(false);
  });
});
