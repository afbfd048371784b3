import { describe, expect, it } from '@jest/globals';
import type { Instance, Pool, Seen } from '../../../shared/pool/types.ts';
import { poolVerdict } from '../../../shared/pool/verdict.ts';
import { needsSecondLook } from '../../../shared/pool/waiting/pools.ts';
import { instance } from './consoles.ts';

const limits = {
  defaultPoolSize: 10,
  reservePoolSize: 5,
  minPoolSize: 0,
  maxClientConn: 200,
  waitSeconds: 0.1,
  slowSeconds: 1,
};
const pool = instance().pools[0] as Pool;
const short = { ...pool, servers: 2 };
const at = (pools: Pool[], name = 'a:6432'): Seen<Instance> => ({
  name,
  reading: { value: instance({ pools }) },
});
const postgres = { value: { maxConnections: 100, reserved: 3, connections: 6, sessions: [] } };
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
