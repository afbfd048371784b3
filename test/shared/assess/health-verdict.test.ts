import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthVerdict } from '../../../shared/assess/health-verdict.ts';

const verdict = (body: unknown) => healthVerdict(JSON.stringify(body));

describe('the body of a health endpoint', () => {
  it.each(['', 'ok', '"ok"', 'null', '7', '[]', '{}', '{"status": 200}', '<html>'])(
    'that is %s says nothing',
    (body) => {
      expect(healthVerdict(body)).toEqual({ down: [] });
    },
  );

  it('has its own verdict, of at most 40 characters', () => {
    expect(verdict({ status: 'degraded' })).toEqual({ verdict: 'degraded', down: [] });
    expect(verdict({ status: 'x'.repeat(50) })).toEqual({ verdict: 'x'.repeat(40), down: [] });
  });

  it.each(['checks', 'dependencies', 'components', 'details'])('names under %s what is down', (name) => {
    const states = {
      db: 'down',
      cache: { status: 'FAIL' },
      queue: false,
      disk: 'ok',
      search: { status: 'up' },
    };
    expect(verdict({ status: 'ok', [name]: states })).toEqual({
      verdict: 'ok',
      down: ['db', 'cache', 'queue'],
    });
    expect(verdict({ [name]: 'down' })).toEqual({ down: [] });
    expect(verdict({ [name]: null })).toEqual({ down: [] });
  });

  it.each([
    'down',
    'Unhealthy',
    'fail',
    'failed',
    'failing',
    'error',
    'critical',
    'unreachable',
    'disconnected',
  ])('calls a dependency down that is %s', (state) => {
    expect(verdict({ checks: { db: state } }).down).toEqual(['db']);
    expect(verdict({ checks: { db: `${state}-over` } }).down).toEqual([]);
    expect(verdict({ checks: { db: `not ${state}` } }).down).toEqual([]);
  });

  it.each([null, true, 7, [], {}, { state: 'down' }])('calls %j not down', (state) => {
    expect(verdict({ checks: { db: state } }).down).toEqual([]);
  });

  it('names at most ten, each in 40 characters', () => {
    const many = Array.from({ length: 12 }, (_, number) => [`${number}${'x'.repeat(50)}`, 'down'] as const);
    const { down } = verdict({ checks: Object.fromEntries(many) });
    expect(down).toHaveLength(10);
    expect(down[0]).toHaveLength(40);
  });

  it('may be anything', () => {
    const parts = fc.dictionary(fc.constantFrom('status', 'checks', 'details', 'db'), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((part) => JSON.stringify(part)),
        ),
        (body) => {
          const read = healthVerdict(body);
          expect(read.down.every((name) => name.length <= 40)).toBe(true);
          expect((read.verdict ?? '').length).toBeLessThanOrEqual(40);
        },
      ),
    );
  });
});
