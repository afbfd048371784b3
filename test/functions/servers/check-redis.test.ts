import { describe, expect, it } from '@jest/globals';
import { checkRedis } from '../../../functions/servers/check-redis.ts';
import type { Resources } from '../../../shared/lambda/context.ts';
import { timer } from '../../../shared/lambda/step.ts';
import { configWith, now, production, request, serviceName } from '../../support/builders.ts';
import { listening } from '../harness.ts';

const configured = configWith((_, service) => {
  Object.assign(service, { cache: { host: 'cache.internal', secret: '/cache/reader', prefixes: ['page:'] } });
});

type Connect = Resources['caches']['connect'];
const gone: Connect = () =>
  Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

/** Everything that the function asks. */
function tools(config = production, connect = gone) {
  const asked: string[] = [];
  const { log, lines } = listening();
  const read = async (name: string) => {
    asked.push(name);
    return 'reader:secret';
  };
  const caches: Resources['caches'] = {
    connect: (target, milliseconds, work) => {
      asked.push(`${target.login?.user}@${target.host}:${target.port}`);
      return connect(target, milliseconds, work);
    },
  };
  const context = { config, log, now: () => new Date(now), after: timer, secrets: { read }, caches };
  return { context, asked, lines };
}

const document = { request: request() };

describe('check-redis', () => {
  it('asks nobody where the configuration names no cache', async () => {
    const { context, asked, lines } = tools();
    expect(await checkRedis.run({ document }, context)).toEqual({ at: now, findings: [] });
    expect([asked, lines]).toEqual([[], []]);
  });

  it('says what is wrong by its code and for people, and tells the log the codes', async () => {
    const { context, asked, lines } = tools(configured);
    expect(await checkRedis.run({ document }, context)).toEqual({
      at: now,
      findings: [
        {
          code: 'unreachable',
          text: 'Unreachable, and the tasks may see the same: look at the server, its security group and its name.',
          lines: [{ say: 'cache.internal:6379: not reachable: connect ECONNREFUSED' }],
        },
      ],
    });
    expect(asked).toEqual(['/cache/reader', 'reader@cache.internal:6379']);
    expect(lines).toEqual([['info', 'cache read', { findings: ['unreachable'] }]]);
  });

  it('says why nothing could be read, and no more where something could', async () => {
    const refused: Connect = () => Promise.reject(new Error('WRONGPASS invalid username-password pair'));
    const { findings } = await checkRedis.run({ document }, tools(configured, refused).context);
    expect(findings).toEqual([
      {
        code: 'unknown',
        text: 'What is wrong with it is unknown.',
        lines: [{ say: 'cache.internal:6379: user reader or its password is refused' }],
      },
    ]);
  });

  it('has the lines for the cache of the configuration', async () => {
    const full: Connect = () => Promise.reject(new Error('max number of clients reached'));
    const { findings } = await checkRedis.run({ document }, tools(configured, full).context);
    expect(findings[0]?.code).toBe('refusing');
    expect(JSON.stringify(findings)).toContain('redis-cli -h cache.internal -p 6379 --tls --user ADMIN');
  });

  it('tries in a preflight the secret and the address by itself', async () => {
    const ask = {
      ...{ services: [serviceName], execution: 'arn', once: true, writes: true },
      ...{ testMail: false, testNotice: false, testRun: false },
    };
    const { rows } = await checkRedis.preflight(ask, tools(configured).context);
    expect(rows.map(({ check, on, result }) => [check, on, result])).toEqual([
      ['ssm:GetParameter', '/cache/reader', 'ok'],
      ['address', 'cache.internal:6379', 'failed'],
    ]);
    expect((await checkRedis.preflight(ask, tools().context)).rows).toEqual([]);
  });
});
