import { describe, expect, it } from '@jest/globals';
import type { Instance, Pool, Seen } from '../../../shared/pool/types.ts';
import { poolVerdict } from '../../../shared/pool/verdict.ts';
import { needsSecondLook } from '../../../shared/pool/waiting/pools.ts';
import { limits, one, pool, short, postgres as slots } from './pools-seen.ts';

const at = (pools: Pool[], name?: string): Seen<Instance> => one({ pools }, name);
const postgres = { value: slots };
const codes = (before: Seen<Instance>[]) =>
  poolVerdict({ instances: [at([short])], before, postgres }, limits).map(({ code }) => code);

it('is needed where clients wait for any of the pools', () => {
  const calm = { ...pool, clientsWaiting: 0 };
  expect(needsSecondLook([at([calm]), at([short], 'b:6432')], limits)).toBe(true);
  expect(needsSecondLook([at([calm]), at([pool])], limits)).toBe(true);
  expect(needsSecondLook([at([calm])], limits)).toBe(false);
  expect(needsSecondLook([], limits)).toBe(false);
});

describe('a short pool', () => {
  it('is refused connections where it was as short before', () => {
    expect(codes([at([short])])).toEqual(['refused']);
    expect(codes([at([{ ...short, servers: 3 }])])).toEqual(['refused']);
  });

  it.each([
    ['it was smaller before', at([{ ...short, servers: 1 }])],
    ['it was full before', at([pool])],
    ['nobody waited before', at([{ ...short, clientsWaiting: 0 }])],
    ['another instance was short', at([short], 'b:6432')],
    ['another database was short', at([{ ...short, database: 'other' }])],
    ['another user was short', at([{ ...short, user: 'web' }])],
  ])('is filling where %s', (_, before) => {
    expect(codes([before])).toEqual(['filling']);
  });
});
