import { createServer } from 'node:net';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { simulate } from '../../local/simulate.ts';
import { start as command } from '../../local/start.ts';
import { type Command, call, run } from './command.ts';

let running: Command | undefined;

const start = (...args: string[]): Command => {
  running = run('start', '--port', '0', ...args);
  return running;
};

afterEach(async () => {
  running?.child.kill();
  await running?.done;
});

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

describe('npm start without a terminal', () => {
  it('plays the incident to the end by itself and closes with the verdict and the next command', async () => {
    const { code, stdout, stderr } = await start('--speed', '3000').done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('HighLatencyP99 fires: P99 latency');
    expect(stdout).toMatch(/Plan the capacity: scale-out, 3 → \d+ tasks/);
    expect(stdout).toMatch(/Set the desired count: desired 3 → \d+ \(UpdateService\)/);
    expect(lastLine(stdout)).toMatch(/^RESTORED, exit code 0: .* Next: npm run simulate -- --approve no$/);
    expect(stdout).not.toContain('\u001b');
  }, 60_000);

  it('puts exactly one JSON document on stdout, the simulation’s; with --stay it ends after so many seconds', async () => {
    const [started, simulated] = await Promise.all([
      start('--speed', '3000', '--json', '--stay', '1').done,
      call(simulate, '--json'),
    ]);
    expect(JSON.parse(started.stdout)).toMatchObject({ outcome: 'restored' });
    expect(started.stdout).toBe(simulated.stdout);
    expect(started.code).toBe(0);
    expect(started.stderr).toContain('RESTORED');
    expect(started.stderr).toMatch(/for 1 s: alarms/);
  }, 60_000);

  it.each([
    [['--speed', 'fast'], '--speed: "fast" must be a whole number'],
    [['--approve', 'maybe'], 'allowed: yes, no, never, ask'],
    [['--stay', 'long'], '--stay: "long" must be a whole number'],
    [['--colour'], "Unknown option '--colour'"],
    [['--scenario', 'storm'], '--scenario: "storm" is not known'],
  ])('refuses %j with one clear line', async (args, message) => {
    const { code, stdout, stderr } = await call(command, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('with --stay goes on when the story has ended: an alarm set by hand starts a run; Ctrl-C ends it', async () => {
    const command = start('--speed', '3000', '--stay', '60');
    const [, url = ''] = await command.says(/The simulated AWS goes on at (\S+) for 60 s/);
    const config = {
      region: 'ap-southeast-1',
      endpoint: url,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    };
    const cloudWatch = new CloudWatchClient(config);
    await cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName: 'buywhere-api-HighLatencyP99',
        StateValue: 'ALARM',
        StateReason: 'a drill',
      }),
    );
    cloudWatch.destroy();
    await command.says(/exit code 0[\s\S]*run +emergency-scaling ends/);
    command.child.kill('SIGINT');
    const { code, stdout, stderr } = await command.done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('Interrupted');
  }, 60_000);

  it('names --port when the port is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => void blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, stdout, stderr } = await run('start', '--port', String(port)).done;
    blocker.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`--port: ${port} is in use on 127.0.0.1; give another one, or 0 for any free one\n`);
  });
});

describe('a person in the browser', () => {
  /** Opens an approval page and sends its form, as a browser does. */
  async function decide(link: string, decision: 'approved' | 'rejected', reason: string) {
    const shown = await fetch(link);
    const page = await shown.text();
    const check = /name="check" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const answered = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ check, reason, decision }),
    });
    return { shown, page, answered, answer: await answered.text() };
  }

  const links = (text: string) => [
    ...new Set(text.match(/http:\/\/127\.0\.0\.1:\d+\/approvals\/[\w-]{43}/g)),
  ];

  it('finds the printed links, approves, and the run goes on to the end', async () => {
    const command = start('--speed', '3000', '--approve', 'ask');
    await command.says(/YOU DECIDE[\s\S]*?\n\n(?=$|\d\d:)/);
    const decided = [];
    for (const link of links(command.stdout())) decided.push(await decide(link, 'approved', 'All calm.'));
    const { code, stdout } = await command.done;
    expect(decided[0]?.shown.status).toBe(200);
    expect(decided[0]?.shown.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(decided[0]?.page).toContain('Why it is safe now');
    expect(decided[0]?.answered.status).toBe(200);
    expect(stdout).toContain('All calm.');
    expect(code).toBe(0);
    expect(lastLine(stdout)).toMatch(/^RESTORED/);
  }, 60_000);

  it('rejects, and the service stays scaled out', async () => {
    const command = start('--speed', '3000', '--approve', 'ask');
    await command.says(/YOU DECIDE[\s\S]*?\n\n(?=$|\d\d:)/);
    const [link = ''] = links(command.stdout());
    const head = await fetch(link, { method: 'HEAD' });
    expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
    await decide(link, 'rejected', 'A <b>campaign</b> starts.');
    const { code, stdout } = await command.done;
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /\nREJECTED, exit code 3: .*\n {2}· .*A <b>campaign<\/b> starts\.[\s\S]*\nNext: npm run simulate -- --approve yes\n$/,
    );
  }, 60_000);

  it('sees console and mailbox, any AWS client reads the same service; Ctrl-C tells what was left', async () => {
    const command = start('--speed', '3000', '--approve', 'ask');
    const [, url = ''] = await command.says(/Console {3}(http:\/\/127\.0\.0\.1:\d+)\//);
    await command.says(/YOU DECIDE/);
    const client = new ECSClient({
      region: 'ap-southeast-1',
      endpoint: url,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
    const { services } = await client.send(
      new DescribeServicesCommand({ cluster: 'buywhere-production', services: ['buywhere-api'] }),
    );
    client.destroy();
    const page = await fetch(`${url}/`);
    const view = await fetch(`${url}/console/run.json`);
    const mailbox = await (await fetch(`${url}/mailbox`)).text();
    expect(services?.[0]?.desiredCount).toBe(20);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('data-state="Ask for approval"');
    expect(await view.json()).toMatchObject({
      verdict: null,
      settings: { desired: 20, running: 20 },
      approval: {
        links: expect.arrayContaining([
          { name: expect.any(String), path: expect.stringContaining('/approvals/') },
        ]),
      },
    });
    expect(mailbox.indexOf('Scale in buywhere-api in production?')).toBeGreaterThan(0);
    expect(mailbox.indexOf('Scale in buywhere-api in production?')).toBeLessThan(
      mailbox.indexOf('emergency run started'),
    );
    expect(mailbox).toMatch(/<a href="http:\/\/127\.0\.0\.1:\d+\/approvals\/[\w-]{43}">/);

    command.child.kill('SIGINT');
    const { code, stdout } = await command.done;
    expect(code).toBe(130);
    expect(lastLine(stdout)).toMatch(/^Interrupted: 20 of 20 tasks ran; .*approval open.* Next: npm start$/);
  }, 60_000);
});
