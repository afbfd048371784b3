import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Hono } from 'hono';
import { refusalOf } from '../../../sandbox/aws/own-callers.ts';
import { type AwsServer, serveAws } from '../../../sandbox/aws/server.ts';

const port = 4566;
const host = `127.0.0.1:${port}`;
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=sandbox/x' };
const knock = (method: string, path: string, headers: Record<string, string> = {}) =>
  refusalOf({ method, path, headers: { host, ...headers } }, port);

describe('the door of the server on loopback', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['a person who types the address', 'GET', '/', { 'sec-fetch-site': 'none' }],
    ['the console that asks for news', 'GET', '/console/run.json', { 'sec-fetch-site': 'same-origin' }],
    [
      'the form of an approval page',
      'POST',
      '/approvals/x',
      { ...form, origin: 'null', 'sec-fetch-site': 'same-origin' },
    ],
    ['a script of this machine', 'POST', '/approvals/x', form],
    ['Alertmanager', 'POST', '/alerts', json],
    ['an AWS client', 'POST', '/', { 'content-type': 'application/x-amz-json-1.1', ...signed }],
    ['an AWS client with the query protocol', 'POST', '/', { ...form, ...signed }],
    [
      'the link of a mail',
      'GET',
      '/approvals/x',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
    ['another name of this machine', 'GET', '/', { host: `LOCALHOST:${port}` }],
  ])('lets in %s', (_, method, path, headers) => {
    expect(knock(method, path, headers)).toBeUndefined();
  });

  it.each<[string, string, string, Record<string, string>, number]>([
    ['a name that leads here', 'GET', '/mailbox', { host: `evil.example:${port}` }, 421],
    [
      'such a name that its own page asks',
      'GET',
      '/mailbox',
      { host: 'a.b', 'sec-fetch-site': 'same-origin' },
      421,
    ],
    ['another port', 'GET', '/mailbox', { host: '127.0.0.1:1' }, 421],
    ['no host', 'GET', '/', { host: '' }, 421],
    ['an image of another site', 'GET', '/approvals/x', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      'a frame of another site',
      'GET',
      '/approvals/x',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [
      'a link on another site to the mails',
      'GET',
      '/mailbox',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      403,
    ],
    ['a server on another port', 'GET', '/mailbox', { 'sec-fetch-site': 'same-site' }, 403],
    ['a form of another site', 'POST', '/approvals/x', { ...form, origin: 'https://evil.example' }, 403],
    ['a form in a sandboxed frame', 'POST', '/approvals/x', { ...form, origin: 'null' }, 403],
    ['the origin of another port', 'POST', '/', { ...form, origin: 'http://127.0.0.1:8080' }, 403],
    ['a plain form to the webhook', 'POST', '/alerts', { 'content-type': 'text/plain' }, 415],
    ['a form to the webhook', 'POST', '/alerts', form, 415],
    ['a plain form to an AWS API', 'POST', '/', form, 415],
    ['a body without a type', 'POST', '/', {}, 415],
    ['text as a decision', 'POST', '/approvals/x', { 'content-type': 'text/plain' }, 415],
  ])('refuses %s', (_, method, path, headers, status) => {
    expect(knock(method, path, headers)?.status).toBe(status);
  });

  it('refuses 10,000 generated requests that a page of another site can make', () => {
    const foreignHost = fc
      .oneof(fc.domain(), fc.ipV4(), fc.string({ maxLength: 20 }))
      .filter((name) => !/^(127\.0\.0\.1|localhost)$/i.test(name))
      .map((name) => ({ host: `${name}:${port}` }));
    const foreignSite = fc.oneof(
      fc
        .constantFrom('cross-site', 'same-site', 'Same-Origin', '')
        .map((site) => ({ 'sec-fetch-site': site })),
      fc.domain().map((name) => ({ origin: `http://${name}` })),
      fc
        .nat({ max: 65_535 })
        .filter((one) => one !== port)
        .map((one) => ({ origin: `http://127.0.0.1:${one}` })),
      fc.constant({ origin: 'null', 'sec-fetch-site': 'cross-site' }),
    );
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        fc.constantFrom('/', '/mailbox', '/console/run.json', '/approvals/x', '/alerts'),
        fc.constantFrom(...types),
        fc.oneof(foreignHost, foreignSite),
        (method, path, type, headers) => {
          expect(knock(method, path, { 'content-type': type, ...headers })).toBeDefined();
        },
      ),
      { numRuns: 10_000, seed: 7 },
    );
  });
});

describe('the server itself', () => {
  let server: AwsServer;
  let handled = 0;
  beforeAll(async () => {
    const routes = new Hono();
    routes.all('/mailbox', (context) => context.text('http://127.0.0.1/approvals/secret'));
    const handle = async () => {
      handled += 1;
      return { status: 200, headers: {}, body: 'started' };
    };
    server = await serveAws(handle, { port: 0, routes });
  });
  afterAll(() => server.close());

  const send = (path: string, headers: Record<string, string>, method = 'GET', body = '') =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const asked = request(`${server.url}${path}`, { method, headers }, async (answer) => {
        let text = '';
        for await (const chunk of answer) text += String(chunk);
        resolve({ status: answer.statusCode, body: text });
      });
      asked.on('error', reject);
      asked.end(body);
    });

  it('tells no link to a foreign host and starts nothing for a plain form', async () => {
    const answers = [
      await send('/mailbox', { host: 'evil.example' }),
      await send('/mailbox', { 'sec-fetch-site': 'cross-site' }),
      await send('/', { 'content-type': 'text/plain' }, 'POST', 'Action=SetAlarmState'),
      await send('/', { ...form, origin: 'http://evil.example' }, 'POST', 'Action=SetAlarmState'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([421, 403, 415, 403]);
    expect(answers.map(({ body }) => body).join()).not.toContain('secret');
    expect(handled).toBe(0);
  });

  it('answers its own callers', async () => {
    expect(await send('/mailbox', {})).toMatchObject({ status: 200 });
    expect(await send('/', { ...form, ...signed }, 'POST', 'Action=x')).toMatchObject({ body: 'started' });
  });
});
