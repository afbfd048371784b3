import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { alertWebhook } from '../../../functions/doors/alert-webhook.ts';
import { readConfig } from '../../../sandbox/config-files.ts';
import { largestMessage } from '../../../shared/intake/message-body.ts';
import { listening } from '../harness.ts';

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
const firing = readFileSync(new URL('../../../events/alertmanager/firing.json', import.meta.url), 'utf8');
const expectedInput: unknown = JSON.parse(
  readFileSync(new URL('../../../events/alertmanager/emergency-scaling.json', import.meta.url), 'utf8'),
);
const expectedName = 'alertmanager-HighLatencyP99-5ef77f1f8a3ecf8d-1790960680123';

const logged: string[] = [];
const record = (message: string, fields?: object) => void logged.push(message + JSON.stringify(fields));

function post(
  body: string,
  token: string | undefined = live[tokenA],
  secrets: (name: string) => Promise<string> = async (name) => live[name] ?? '',
  encoded?: object,
) {
  const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...encoded };
  return alertWebhook.run(
    { headers, body, isBase64Encoded: encoded !== undefined },
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
      ignored: [{ alert: 'HighLatencyP95', reason: 'resolved', count: 1 }],
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

describe('a storm', () => {
  const alert = (alertname: string, service: string, n: number, labels: object = {}) => ({
    ...labelled({ alertname, service, pod: `p${n}`, ...labels }),
    status: 'firing',
    startsAt: `2026-10-02T17:${String(10 + (n % 50))}:00Z`,
    fingerprint: n.toString(16),
  });
  const foreign = (n: number, labels: object = {}) => alert('KubePodCrashLooping', 'other', n, labels);
  const posted = async (...alerts: unknown[]) => {
    const answer = await post(JSON.stringify({ ...JSON.parse(firing), alerts }));
    return { answer, body: JSON.parse(answer.body) };
  };
  const many = (count: number, make: (n: number) => unknown) =>
    Array.from({ length: count }, (_, n) => make(n));

  it('of one service is one run, named after the earliest alert, also when it comes again with more', async () => {
    const ours = many(500, (n) => alert('HighLatencyP99', 'buywhere-api', n));
    const { answer, body } = await posted(...ours.toReversed());
    expect([answer.statusCode, body.started.length, sent().length]).toEqual([200, 1, 1]);
    expect(body.ignored).toEqual([
      { alert: 'HighLatencyP99', reason: 'one run for every alert of this name and service', count: 499 },
    ]);
    await posted(...ours.slice(0, 3));
    expect(sent()[1]).toEqual(sent()[0]);
  });

  it('of two alerts is two runs', async () => {
    const both = many(10, (n) => alert(n % 2 ? 'HighLatencyP99' : 'HighErrorRate', 'buywhere-api', n));
    expect((await posted(...both)).body.started).toHaveLength(2);
  });

  it.each<[string, unknown[]]>([
    ['more than five hundred', many(2000, (n) => foreign(n))],
    ['a long label', [foreign(1, { query: 'z'.repeat(5000) })]],
    [
      'labels that are no text',
      [{ ...foreign(1), labels: { alertname: 7, service: null, environment: {} } }],
    ],
    ['no labels, start or fingerprint', [{}, null, 'alert', [], { labels: {} }]],
    ['a faulty fingerprint', [{ ...foreign(1), fingerprint: '../../../etc', startsAt: 'yesterday' }]],
    ['a status of its own', [{ ...foreign(1), status: 'pending' }]],
    ['another name each', many(600, (n) => alert(`Alert${n}`, 'other', n))],
    ['megabytes', many(200, (n) => foreign(n, { text: 'z'.repeat(20_000) }))],
  ])('of foreign alerts with %s never refuses ours', async (_, others) => {
    const { answer, body } = await posted(...others, alert('HighLatencyP99', 'buywhere-api', 3));
    expect([answer.statusCode, sent().length]).toEqual([200, 1]);
    expect(body.started).toEqual([expect.stringContaining('alertmanager-HighLatencyP99-3-')]);
    const counts: number[] = body.ignored.map(({ count }: { count: number }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(others.length);
    expect(counts.length).toBeLessThanOrEqual(21);
  });

  it('with one of ours that cannot be read starts the others and names it', async () => {
    const faulty = { ...alert('HighErrorRate', 'buywhere-api', 1), startsAt: 'yesterday' };
    const { answer, body } = await posted(faulty, alert('HighLatencyP99', 'buywhere-api', 2));
    expect([answer.statusCode, sent().length]).toEqual([200, 1]);
    expect(body.faulty).toEqual({ count: 1, faults: [expect.stringContaining('alerts.0.startsAt: ')] });
    expect(logged.join()).toContain('alerts cannot be read');
  });

  it('with many of ours that cannot be read names twenty of them, in the answer and in the log', async () => {
    const faulty = many(25, (n) => ({ ...alert('HighErrorRate', 'buywhere-api', n), startsAt: 'yesterday' }));
    const before = logged.length;
    const { body } = await posted(...faulty, alert('HighLatencyP99', 'buywhere-api', 2));
    expect([body.faulty.count, body.faulty.faults.length]).toEqual([25, 20]);
    const line = logged.slice(before).find((one) => one.startsWith('alerts cannot be read'));
    expect(JSON.parse(line?.slice('alerts cannot be read'.length) ?? '{}')).toEqual(body.faulty);
  });

  it('with none but such is refused, with every fault in 500 characters', async () => {
    const faulty = many(25, (n) => ({ ...alert('HighErrorRate', 'buywhere-api', n), startsAt: 'yesterday' }));
    const { answer, body } = await posted(...faulty);
    expect([answer.statusCode, body.error.length]).toEqual([400, 500]);
    expect(body.error).toMatch(/^alerts\.0\.startsAt: .+; alerts\.1\.startsAt: /);
  });

  it('counts each kind of ignored alerts by itself, twenty kinds at most', async () => {
    const { body } = await posted(
      ...many(3, (n) => foreign(n)),
      ...many(2, (n) => ({ ...alert('HighErrorRate', 'buywhere-api', n), status: 'resolved' })),
    );
    expect(body.ignored).toMatchObject([
      { alert: 'KubePodCrashLooping', count: 3 },
      { alert: 'HighErrorRate', reason: 'resolved', count: 2 },
    ]);
    const names = await posted(...many(25, (n) => alert(`Alert${n}`, 'other', n)));
    expect(names.body.ignored).toHaveLength(21);
    expect(names.body.ignored.at(-1)).toEqual({ alert: '', reason: 'further alerts', count: 5 });
  });

  it('logs no fault where there is none', async () => {
    const before = logged.length;
    await posted(alert('HighLatencyP99', 'buywhere-api', 2));
    expect(logged.slice(before).join()).not.toContain('cannot be read');
  });

  it('has other fields than ours in any form', async () => {
    const odd = { ...JSON.parse(message({})), receiver: 7, truncatedAlerts: 'many', groupLabels: null };
    expect((await post(JSON.stringify(odd))).statusCode).toBe(200);
  });
});

describe("Grafana's own alerting", () => {
  const grafana = readFileSync(new URL('../../../events/alertmanager/grafana.json', import.meta.url), 'utf8');

  it('posts the same shape as version 1, and starts the run', async () => {
    expect((await post(grafana)).statusCode).toBe(200);
    expect(JSON.parse(sent()[0]?.input ?? '')).toMatchObject({
      alert: 'HighCPU',
      service: 'buywhere-api',
      startsAt: '2026-10-02T17:04:40.076Z',
    });
  });

  it('has a test button, which is answered and starts nothing', async () => {
    const test = {
      ...JSON.parse(grafana).alerts[0],
      labels: { alertname: 'TestAlert', instance: 'Grafana' },
    };
    const answer = await post(JSON.stringify({ ...JSON.parse(grafana), alerts: [test] }));
    expect([answer.statusCode, sent()]).toEqual([200, []]);
    expect(JSON.parse(answer.body).ignored).toEqual([
      { alert: 'TestAlert', reason: 'the test of Grafana: received', count: 1 },
    ]);
  });
});

describe('a body', () => {
  const received = (bytes: Buffer | string, headers: object = {}) =>
    post(Buffer.from(bytes).toString('base64'), undefined, undefined, headers);

  it('may come in base64 and compressed with gzip', async () => {
    expect((await received(firing)).statusCode).toBe(200);
    expect((await received(gzipSync(firing), { 'content-encoding': 'gzip' })).statusCode).toBe(200);
    expect(sent()).toHaveLength(2);
  });

  it.each<[string, Buffer, string, number]>([
    ['unpacks to more than a message may hold', gzipSync(Buffer.alloc(64 * largestMessage)), 'gzip', 413],
    ['is no gzip', Buffer.from(firing), 'gzip', 400],
    ['is compressed in another way', brotliCompressSync(firing), 'br', 415],
  ])('that %s is refused', async (_, bytes, encoding, status) => {
    const answer = await received(bytes, { 'content-encoding': encoding });
    expect([answer.statusCode, sent()]).toEqual([status, []]);
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
    [
      'another version',
      firing.replace('"version": "4"', '"version": "3"'),
      400,
      'version: must be one of 4, 1',
    ],
    ['a faulty alert', message({ fingerprint: '../../../etc' }), 400, 'alerts.0.fingerprint'],
    ['a faulty start', message({ startsAt: 'yesterday' }), 400, 'alerts.0.startsAt'],
  ])('%s', async (_, body, status, text) => {
    const answer = await post(body);
    expect([answer.statusCode, sent()]).toEqual([status, []]);
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['error']);
    expect(answer.body).toContain(text);
  });
});

describe('the answer', () => {
  const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  it('is JSON that nothing keeps', async () => {
    expect(await post(firing)).toEqual({ statusCode: 200, headers: json, body: expect.any(String) });
  });

  it('asks for a token where none was sent, and only then', async () => {
    const answer = await post(firing, '');
    expect(answer).toMatchObject({ statusCode: 401, headers: { ...json, 'www-authenticate': 'Bearer' } });
  });

  it('to a request without a body says what is wrong with it', async () => {
    const { log } = listening();
    const answer = await alertWebhook.run(
      { headers: { authorization: `Bearer ${live[tokenA]}` } },
      {
        config,
        now: () => new Date('2026-10-02T17:05:00Z'),
        after: () => ({ passed: new Promise(() => undefined), cancel: () => undefined }),
        log,
        secrets: { read: async (name) => live[name] ?? '' },
        states: new SFNClient({}),
        machine: { arn: 'arn' },
      },
    );
    expect(answer).toMatchObject({ statusCode: 400 });
    expect(answer.body).toContain('JSON');
  });
});
