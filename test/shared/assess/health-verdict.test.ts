import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthVerdict, saysOk } from '../../../shared/assess/health-verdict.ts';

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

  it.each<[string, unknown, string[]]>([
    [
      'health+json: each check is a list of measurements',
      {
        status: 'warn',
        checks: {
          'cassandra:responseTime': [{ componentId: 'a', status: 'pass' }, { status: 'fail' }],
          'memory:utilization': [{ status: 'warn' }],
        },
      },
      ['cassandra:responseTime'],
    ],
    [
      'MicroProfile Health: a list of named checks',
      {
        status: 'DOWN',
        checks: [
          { name: 'database', status: 'DOWN', data: {} },
          { name: 'disk', status: 'UP' },
        ],
      },
      ['database'],
    ],
    [
      'Spring Boot Actuator: nested components',
      {
        status: 'DOWN',
        components: {
          db: {
            status: 'DOWN',
            components: { primary: { status: 'UP' }, replica: { status: 'DOWN', details: { error: 'x' } } },
          },
          diskSpace: { status: 'UP', details: { free: 1 } },
          mail: { status: 'OUT_OF_SERVICE' },
        },
      },
      ['db.replica', 'mail'],
    ],
    [
      'ASP.NET Core: entries',
      { status: 'Unhealthy', entries: { sql: { status: 'Unhealthy' }, blob: { status: 'Degraded' } } },
      ['sql'],
    ],
    [
      'NestJS Terminus: the same under error and details',
      {
        status: 'error',
        info: { db: { status: 'up' } },
        error: { redis: { status: 'down' } },
        details: { db: { status: 'up' }, redis: { status: 'down' } },
      },
      ['redis'],
    ],
    ['Laravel Health', { checkResults: [{ name: 'Redis', status: 'failed' }, { status: 'ok' }] }, ['Redis']],
    ['a list without names', { checks: ['ok', 'down'] }, ['1']],
    [
      'a list with other names',
      {
        checks: [
          { componentId: 'db', status: 'fail' },
          { id: 'cache', status: 'fail' },
          { id: 7, status: 'fail' },
        ],
      },
      ['db', 'cache', '2'],
    ],
    [
      'parts that say healthy or not',
      { checks: { db: { healthy: false }, cache: { healthy: true }, queue: { healthy: 'no' } } },
      ['db'],
    ],
    [
      'long names of parts, in 40 characters',
      { components: { ['a'.repeat(30)]: { components: { ['b'.repeat(30)]: 'down' } } } },
      [`${'a'.repeat(30)}.${'b'.repeat(9)}`],
    ],
  ])('%s', (_, body, down) => {
    expect(verdict(body).down).toEqual(down);
  });

  it.each(['ok', 'UP', 'pass', 'success', 'healthy', 'Serving', 'green', 'alive', 'all good', 'operational'])(
    '%s is a word of a healthy service, or one that nobody knows',
    (status) => {
      expect(saysOk(verdict({ status }))).toBe(true);
    },
  );

  it.each(['degraded', 'WARN', 'DOWN', 'Unhealthy', 'OUT_OF_SERVICE', 'fail'])('%s is trouble', (status) => {
    expect(saysOk(verdict({ status }))).toBe(false);
    expect(saysOk(healthVerdict(status))).toBe(false);
    expect(healthVerdict(` ${status}\n`)).toEqual({ verdict: status, down: [] });
  });

  it('reads no deeper than anybody nests', () => {
    const deep = (levels: number): object =>
      levels === 0 ? { x: 'down' } : { x: { components: deep(levels - 1) } };
    expect(verdict({ components: deep(3) }).down).toEqual(['x.x.x.x']);
    expect(verdict({ components: deep(400) }).down).toEqual([]);
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

  it.each([null, true, 7, [], ['down'], [null], {}, { state: 'down' }])('calls %j not down', (state) => {
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
