import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import { answerApproval } from '../../../local/console/approval-http.ts';
import { consolePage } from '../../../local/console/console-page.ts';
import { mailboxPage } from '../../../local/console/mailbox-page.ts';
import { createRecorder } from '../../../local/console/recorder.ts';
import { viewOf } from '../../../local/console/view.ts';
import { readConfig } from '../../../sandbox/config-files.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../../sandbox/scenario-play.ts';

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.close());

function quietSandbox(): Sandbox {
  const config = readConfig('production');
  const [[name = '', settings] = []] = Object.entries(config.services);
  if (!settings) throw new Error('no service is configured');
  sandbox = createSandbox({
    config,
    service: name,
    world: scenarioPlay('quiet', settings, 1).world,
    seed: 1,
  });
  return sandbox;
}

const publish = (target: Sandbox, Subject: string, Message: string) =>
  target.aws.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: `arn:aws:sns:${target.config.region}:123456789012:notices`,
      Subject,
      Message,
    }).toString(),
    caller: 'person',
  });

describe('the mailbox page', () => {
  it('escapes what a notice says, and makes only http links clickable', async () => {
    const target = quietSandbox();
    await publish(
      target,
      '<img src=x>',
      'see http://127.0.0.1/a?b=1&c="<script>alert(1)</script> or javascript:alert(2)',
    );
    const page = mailboxPage(target);
    expect(page).toContain('&lt;img src=x&gt;');
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('<a href="http://127.0.0.1/a?b=1&amp;c=">');
    expect(page).not.toContain('href="javascript');
  });

  it('shows the newest first', async () => {
    const target = quietSandbox();
    await publish(target, 'Alpha', 'one');
    await publish(target, 'Beta', 'two');
    const page = mailboxPage(target);
    expect(page.indexOf('Beta')).toBeLessThan(page.indexOf('Alpha'));
  });
});

describe('the console page', () => {
  it('has every state of every machine, and no script or style of its own', () => {
    const target = quietSandbox();
    const page = consolePage(target);
    for (const { definition } of target.engine.definitions.machines.values()) {
      for (const state of Object.keys(definition.States)) expect(page).toContain(`data-state="${state}"`);
    }
    expect(page).not.toMatch(/<script(?! src="\/console\/page\.js" defer><\/script>)|<style|\son[a-z]+="/);
  });

  it('puts what it is sent into the page only as text', () => {
    const script = readFileSync(join(import.meta.dirname, '../../../local/console/page.js'), 'utf8');
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  it('gives its view as plain JSON', () => {
    const target = quietSandbox();
    const recorder = createRecorder(target);
    recorder.look();
    const view = viewOf({ sandbox: target, recorder, told: [], speed: 60 });
    expect(JSON.parse(JSON.stringify(view))).toMatchObject({
      verdict: null,
      approval: null,
      settings: { desired: 3, running: 3, pending: 0 },
      counts: [{ desired: 3, running: 3, pending: 0 }],
      executions: [],
      writes: [],
    });
  });
});

describe('the event for the approval function', () => {
  async function eventFor(path: string, init: RequestInit) {
    let received: unknown;
    const app = new Hono().all('/approvals/:handle', (context) =>
      answerApproval(
        context,
        async (event) => {
          received = event;
          return { statusCode: 418, headers: { 'x-answer': 'yes' }, body: 'short' };
        },
        Date.parse('2026-10-02T17:43:05Z'),
      ),
    );
    const answer = await app.request(`http://127.0.0.1:4566${path}`, init);
    return { received, answer, body: await answer.text() };
  }

  it('is an HTTP API event of format 2.0, forms in base64', async () => {
    const { received } = await eventFor('/approvals/abc?x=1&x=2&y=', {
      method: 'POST',
      body: 'decision=approved',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Cookie: 'a=1; b=2',
        'User-Agent': 'test',
      },
    });
    expect(received).toMatchObject({
      version: '2.0',
      routeKey: 'POST /approvals/{handle}',
      rawPath: '/approvals/abc',
      rawQueryString: 'x=1&x=2&y=',
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'test' },
      queryStringParameters: { x: '1,2', y: '' },
      requestContext: {
        http: { method: 'POST', path: '/approvals/abc', userAgent: 'test' },
        time: '02/Oct/2026:17:43:05 +0000',
      },
      pathParameters: { handle: 'abc' },
      body: Buffer.from('decision=approved').toString('base64'),
      isBase64Encoded: true,
    });
  });

  it('has no body for GET, and the answer is passed on as it is', async () => {
    const { received, answer, body } = await eventFor('/approvals/abc', { method: 'GET' });
    expect(received).not.toHaveProperty('body');
    expect(received).toMatchObject({ isBase64Encoded: false });
    expect({ status: answer.status, header: answer.headers.get('x-answer'), body }).toEqual({
      status: 418,
      header: 'yes',
      body: 'short',
    });
  });
});
