import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { http, links, machine, random } from '../../../shared/aws/platform.ts';

/** What the server was asked, and what it answers next. */
const asked: { method?: string | undefined; type?: string | undefined; body: string }[] = [];
let answer = (response: ServerResponse) => void response.end('fine');
const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, headers } = request;
  asked.push({ method, type: headers['content-type'], body: Buffer.concat(chunks).toString() });
  answer(response);
});
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address) url = `http://127.0.0.1:${address.port}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('HTTP', () => {
  it('gives back status and body, and how long it took', async () => {
    answer = (response) => void response.writeHead(503).end('not now');
    const { latencyMilliseconds, ...said } = await http().get(url, 5000);

    expect(said).toEqual({ status: 503, body: 'not now' });
    expect(latencyMilliseconds).toBeGreaterThan(0);
    expect(latencyMilliseconds).toBeLessThan(5000);
    expect(asked.at(-1)).toMatchObject({ method: 'GET', body: '' });
  });

  it.each<[string, number | undefined, number, object]>([
    ['2 KiB as they are', undefined, 2048, {}],
    ['one more, cut', undefined, 2049, { truncated: true }],
    ['as much as was asked for', 4, 4, {}],
    ['one more than was asked for, cut', 4, 5, { truncated: true }],
  ])('reads %s', async (_, largest, size, more) => {
    answer = (response) => void response.end('x'.repeat(size));
    const { latencyMilliseconds: _latency, ...said } = await http().get(url, 5000, largest);

    expect(said).toEqual({ status: 200, body: 'x'.repeat(largest ?? 2048), ...more });
  });

  it('stops reading a hostile body: of 1 GB in gzip the reader never holds 200 MB', async () => {
    const member = gzipSync(Buffer.alloc(10_000_000));
    answer = (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      for (let i = 0; i < 100; i++) response.write(member);
      response.end();
    };
    const platform = new URL('../../../shared/aws/platform.ts', import.meta.url).href;
    // The peak is sampled: the kernel's own (maxRSS) starts at what the process that called this one held.
    const program = `import { http } from '${platform}';
let most = 0;
setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 1).unref();
const { truncated, body } = await http().get('${url}', 30000);
console.log(JSON.stringify({ truncated, size: body.length, megabytes: Math.max(most, process.memoryUsage.rss()) / 1e6 }));`;
    const reader = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    const said: unknown = JSON.parse((await reader).stdout);
    expect(said).toMatchObject({ truncated: true, size: 2048 });
    expect(said).toHaveProperty('megabytes', expect.any(Number));
    expect(Object(said).megabytes).toBeLessThan(200);
  }, 60_000);

  it('stops reading a body that never ends', async () => {
    let open = true;
    answer = (response) => {
      response.on('close', () => {
        open = false;
      });
      const timer = setInterval(() => (open ? response.write('x'.repeat(10_000)) : clearInterval(timer)), 1);
    };
    expect(await http().get(url, 20_000)).toMatchObject({ truncated: true });
    while (open) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('follows no redirect: a health check means this very address', async () => {
    answer = (response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    const before = asked.length;

    expect(await http().get(url, 5000)).toMatchObject({ status: 302 });
    expect(asked).toHaveLength(before + 1);
  });

  it('waits no longer than it may', async () => {
    answer = () => undefined;
    await expect(http().get(url, 20)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('keeps when it may ask again', async () => {
    answer = (response) => void response.writeHead(429, { 'retry-after': '30' }).end();
    expect(await http().post(url, {}, 5000)).toMatchObject({ status: 429, retryAfter: '30' });
    answer = (response) => void response.writeHead(429).end();
    expect(await http().post(url, {}, 5000)).not.toHaveProperty('retryAfter');
  });

  it('posts JSON', async () => {
    answer = (response) => void response.writeHead(202).end();

    expect(await http().post(url, { text: 'hello' }, 5000)).toMatchObject({ status: 202 });
    expect(asked.at(-1)).toEqual({ method: 'POST', type: 'application/json', body: '{"text":"hello"}' });
  });
});

it('random bytes are as many as asked for, and never the same', () => {
  const [one, other] = [random().bytes(32), random().bytes(32)];
  expect(one).toHaveLength(32);
  expect(Buffer.from(one).equals(other)).toBe(false);
});

it('what the template gives is read from the environment', () => {
  const before = process.env;
  process.env = {
    ...before,
    APPROVAL_BASE_URL: 'https://approvals.example',
    STATE_MACHINE_ARN: 'arn:machine',
  };
  try {
    expect(links()).toEqual({ approvalBaseUrl: 'https://approvals.example' });
    expect(machine()).toEqual({ arn: 'arn:machine' });
  } finally {
    process.env = before;
  }
});
