import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { status } from '../../local/status.ts';
import { call } from './command.ts';
import { environment, refusal, serve } from './init/served.ts';

jest.setTimeout(60_000);

const preflight = (...more: string[]) => call(status, '--preflight', ...more);

describe('npm run status -- --preflight', () => {
  it('plays the state machine for a simulated service: a table, the count, exit code 0', async () => {
    const { code, stdout, stderr } = await preflight('--scenario', 'quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Check +Result +At 3 am +What is missing$/);
    expect(lines.at(-1)).toMatch(/^\d+ ok, \d+ not tried$/);
    expect(stdout).toMatch(/^scale-out: ecs:UpdateService \(buywhere-api\) +ok$/m);
  });

  it('has a line for what is refused, first, and exit code 5', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'denied-'));
    const file = join(folder, 'denied.json');
    writeFileSync(
      file,
      JSON.stringify({ scenario: 'quiet', deniedCalls: [{ action: 'ecs:StopServiceDeployment' }] }),
    );
    const { code, stdout } = await preflight('--circumstances', file);
    rmSync(folder, { recursive: true });
    expect(code).toBe(5);
    expect(stdout.split('\n')[1]).toMatch(
      /^rollback: ecs:StopServiceDeployment \(buywhere-api\) +REFUSED +A bad release is not rolled back +Missing: ecs:StopServiceDeployment$/,
    );
  });

  it('gives the rows as JSON', async () => {
    const { stdout } = await preflight('--scenario', 'quiet', '--json');
    expect(JSON.parse(stdout).rows).toContainEqual({ by: 'approval', check: 'token', result: 'ok' });
  });

  it('needs credentials without a scenario, and says so in one line', async () => {
    environment({});
    expect(await preflight()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^no AWS credentials/),
    });
  });

  it('names each right that this person lacks, and what only the functions can try', async () => {
    await serve(refusal('AccessDeniedException', 'not yours'));
    const { code, stdout } = await preflight();
    expect(code).toBe(5);
    expect(stdout).toMatch(
      /^you: ecs:DescribeServices \(?.*REFUSED +You do not see it; .* Missing: ecs:DescribeServices$/m,
    );
    expect(stdout).toMatch(/Missing: ses:GetAccount$/m);
    expect(stdout).toContain('start the state machine preflight');
    expect(stdout).not.toMatch(/UpdateService|PutScalingPolicy|dynamodb/);
  });

  it.each(['--at', '--seed'])('refuses a faulty %s', async (option) => {
    expect(await preflight('--scenario', 'quiet', option, 'x')).toMatchObject({ code: 2, stdout: '' });
  });
});
