import { readFileSync } from 'node:fs';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { alertWebhook } from '../../functions/alert-webhook.ts';
import { readConfig } from '../../sandbox/config-files.ts';
import { largestMessage } from '../../shared/intake/alertmanager-webhook.ts';

const states = mockClient(SFNClient);
beforeEach(() => {
  states.reset();
  states.on(StartExecutionCommand).resolves({ executionArn: 'arn', startDate: new Date(0) });
});

const config = readConfig('production');
const [tokenA = '', tokenB = ''] = config.alertmanager.tokenSecrets;
const live: Record<string, string> = {
  [tokenA]: 'token-that-is-going-out-1',
  [tokenB]: 'token-that-is-coming-in-2',
};
const firing = readFileSync(new URL('../../events/alertmanager/firing.json', import.meta.url), 'utf8');
const expectedInput: unknown = JSON.parse(
  readFileSync(new URL('../../events/alertmanager/emergency-scaling.json', import.meta.url), 'utf8'),
);
const expectedName = 'alertmanager-HighLatencyP99-5ef77f1f8a3ecf8d-1790960680123';

const logged: string[] = [];
const record = (message: string, fields?: object) => void logged.push(message + JSON.stringify(fields));

function post(
  body: string,
  token: string | undefined = live[tokenA],
  secrets: (name: string) => Promise<string> = async (name) => live[name] ?? '',
) {
  return alertWebhook.run(
    { headers: token ? { authorization: `Bearer ${token}` } : {}, body },
    {
      config,
      now: () => new Date('2026-10-02T17:05:00Z'),
      after: () => ({ passed: new Promise(() => undefined), cancel: () => undefined }),
      log: { info: record, warn: record, error: record },
      secrets: { read: secrets },
      states: new SFNClient({}),
      machine: { arn: 'arn:aws:states:ap-southeast-1:123456789012:stateMachine:emergency-scaling' },
    },
  );
}

const message = (...changes: object[]) => {
  const parsed = JSON.parse(firing);
  return JSON.stringify({ ...parsed, alerts: changes.map((change) => ({ ...parsed.alerts[0], ...change })) });
};
const labelled = (labels: object) => ({
  labels: { alertname: 'HighLatencyP99', environment: 'production', service: 'buywhere-api', ...labels },
});
const sent = () => states.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);

describe('a firing alert', () => {
  it('starts one run, named after the alert; a resolved one in the same message starts none', async () => {
    const answer = await post(firing);
    expect(answer.statusCode).toBe(200);
    expect(sent().map(({ name }) => name)).toEqual([expectedName]);
    expect(JSON.parse(sent()[0]?.input ?? '')).toEqual(expectedInput);
    expect(JSON.parse(answer.body)).toEqual({
      started: [expectedName],
      alreadyStarted: [],
      ignored: [{ alert: 'HighLatencyP95', reason: 'resolved' }],
    });
  });

  it('repeated, it asks for the same name with the same bytes, and "exists already" is a success', async () => {
    await post(message({ endsAt: '2026-10-02T17:08:00Z', annotations: {} }));
    states
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata: {} }));
    const again = await post(
      message({ startsAt: '2026-10-02T19:04:40.123+02:00', annotations: { value: '9' } }),
    );
    expect(again.statusCode).toBe(200);
    expect(JSON.parse(again.body)).toMatchObject({ started: [], alreadyStarted: [expectedName] });
    expect(sent()[0]).toEqual(sent()[1]);
  });

  it('that cannot be started makes the answer 500, and the others of the message run all the same', async () => {
    const other = { ...labelled({ alertname: 'HighErrorRate' }), fingerprint: '00ff' };
    states
      .on(StartExecutionCommand, { name: expectedName })
      .rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
    const answer = await post(message({}, other));
    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: `not started: ${expectedName}`,
      started: [expect.stringContaining('alertmanager-HighErrorRate-00ff-')],
    });
  });

  it('has a name that Step Functions accepts, whatever the alert is', async () => {
    await post(message({ ...labelled({ alertname: 'DatabasePoolExhausted' }), fingerprint: 'f'.repeat(24) }));
    expect(sent()[0]?.name).toMatch(/^[\w-]{1,80}$/);
  });
});

describe('labels only select', () => {
  it.each([
    ['service', labelled({ service: 'arn:aws:ecs:ap-southeast-1:1:service/x/y' }), 'buywhere-api'],
    ['service', labelled({ service: 'constructor' }), 'buywhere-api'],
    ['environment', labelled({ environment: 'staging' }), 'production'],
    ['alertname', labelled({ alertname: 'Watchdog' }), 'HighLatencyP99'],
    ['alertname', { labels: {} }, 'HighLatencyP99'],
  ])('an unknown %s starts nothing and the answer says what is allowed', async (label, change, allowed) => {
    const answer = await post(message(change));
    expect([answer.statusCode, sent()]).toEqual([200, []]);
    expect(answer.body).toContain(`label ${label}: `);
    expect(answer.body).toContain(allowed);
  });
});

describe('the token', () => {
  it('may be either of the two live ones', async () => {
    expect((await post(firing, live[tokenA])).statusCode).toBe(200);
    expect((await post(firing, live[tokenB])).statusCode).toBe(200);
  });

  it.each([
    ['missing', ''],
    ['wrong', 'token-that-nobody-has-3456'],
    ['the beginning of a live one', 'token-that-is-going-out'],
  ])('%s: 401, and nothing starts', async (_, token) => {
    const answer = await post(firing, token);
    expect([answer.statusCode, answer.headers['www-authenticate'], sent()]).toEqual([401, 'Bearer', []]);
    expect(JSON.parse(answer.body)).toEqual({ error: 'a valid bearer token is required' });
  });

  it('is checked before anything of the body is read', async () => {
    expect((await post('{', 'wrong')).statusCode).toBe(401);
  });

  it('that is an empty parameter opens nothing', async () => {
    expect((await post(firing, '', async () => '')).statusCode).toBe(500);
    expect(sent()).toEqual([]);
  });

  it('still works while the other one cannot be read; with none the answer is 500, to be tried again', async () => {
    const only = async (name: string) => {
      if (name !== tokenB) throw new Error('ParameterNotFound');
      return live[tokenB] ?? '';
    };
    expect((await post(firing, live[tokenB], only)).statusCode).toBe(200);
    const none = await post(firing, live[tokenB], () => Promise.reject(new Error('AccessDenied')));
    expect([none.statusCode, sent()]).toEqual([500, [expect.anything()]]);
  });

  it('never reaches the log', () => {
    expect(logged.length).toBeGreaterThan(5);
    expect(logged.join()).not.toContain('token-that');
  });
});

describe('what is logged', () => {
  const said = async (...call: Parameters<typeof post>) => {
    const before = logged.length;
    const answer = await post(...call);
    return { answer, log: logged.slice(before).join('\n') };
  };

  it('of alerts is what became of each, and how many Alertmanager left out', async () => {
    const { answer, log } = await said(firing);
    expect(log).toBe(`alerts received${answer.body}`);
    const cut = await said(JSON.stringify({ ...JSON.parse(firing), truncatedAlerts: 3 }));
    expect(cut.log.split('\n')[0]).toBe('Alertmanager left alerts out{"count":3}');
  });

  it.each<[string, unknown, string]>([
    ['its name', Object.assign(new Error('secret'), { name: 'ThrottlingException' }), 'ThrottlingException'],
    ['no more where it is none', 'secret', 'failed'],
  ])('of an error at the start of a run is %s', async (_, error, name) => {
    states.on(StartExecutionCommand).callsFake(() => Promise.reject(error));
    const { log } = await said(message({}));
    expect(log.split('\n')[0]).toBe(
      `the run could not be started{"name":"${expectedName}","error":"${name}"}`,
    );
  });

  it('of several runs that could not be started is every name', async () => {
    states.on(StartExecutionCommand).rejects(new Error('x'));
    const other = { ...labelled({ alertname: 'HighErrorRate' }), fingerprint: '00ff' };
    const { error } = JSON.parse((await post(message({}, other))).body);
    expect(error).toMatch(
      /^not started: alertmanager-HighLatencyP99-[\w-]+, alertmanager-HighErrorRate-00ff-\d+$/,
    );
  });

  it('of a refusal is its status and why', async () => {
    const { log } = await said(firing, 'wrong');
    expect(log).toBe('webhook refused{"status":401,"error":"a valid bearer token is required"}');
  });

  it('of tokens that cannot be read is that the fault is here', async () => {
    const { log } = await said(firing, live[tokenB], () => Promise.reject(new Error('AccessDenied')));
    expect(log).toMatch(/\ntokens unavailable\{"error":".+"\}\nwebhook refused\{"status":500,/);
    expect(log).toContain('the webhook cannot check tokens at the moment');
  });
});

describe('a message that is not one', () => {
  it('may be as large as this, in bytes', async () => {
    expect((await post('x'.repeat(largestMessage))).statusCode).toBe(400);
    expect((await post('é'.repeat(largestMessage / 2 + 1))).statusCode).toBe(413);
  });

  it.each([
    ['too large', 'x'.repeat(largestMessage + 1), 413, 'larger than'],
    ['not JSON', 'alerts: []', 400, 'not JSON'],
    ['another version', firing.replace('"version": "4"', '"version": "3"'), 400, 'version: must be one of 4'],
    ['a faulty alert', message({ fingerprint: '../../etc' }), 400, 'alerts.0.fingerprint'],
    ['a faulty start', message({ startsAt: 'yesterday' }), 400, 'alerts.0.startsAt'],
  ])('%s', async (_, body, status, text) => {
    const answer = await post(body);
    expect([answer.statusCode, sent()]).toEqual([status, []]);
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['error']);
    expect(answer.body).toContain(text);
  });
});
