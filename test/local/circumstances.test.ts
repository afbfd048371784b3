import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { type Command, run } from './command.ts';

let running: Command | undefined;
const command = (script: string, ...args: string[]) => {
  running = run(script, ...args);
  return running.done;
};
afterEach(async () => {
  running?.child.kill();
  await running?.done;
});

const folder = mkdtempSync(join(tmpdir(), 'circumstances-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (circumstances: unknown): string => {
  const file = join(folder, 'circumstances.json');
  writeFileSync(file, JSON.stringify(circumstances));
  return file;
};

describe('--circumstances', () => {
  it.each<[string, unknown, string]>([
    ['simulate', { troubles: [{ kind: 'storm' }] }, 'troubles.0.kind: must be one of spot-reclaim, out-'],
    ['start', { trafficfactor: 1 }, 'unknown key "trafficfactor"'],
    ['status', { stoppedTasks: [{}] }, 'stoppedTasks.0.stoppedAt: is missing'],
    [
      'simulate',
      { deployments: [{ secondsAfterAlarm: 0, revision: 42, bad: true }] },
      'deployments.0: revision 42 runs or has run well',
    ],
  ])(
    'npm run %s refuses %j with one line and exit code 2',
    async (script, circumstances, message) => {
      const file = fileWith(circumstances);
      const { code, stdout, stderr } = await command(script, '--circumstances', file);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    },
    30_000,
  );

  it("plays the file's scenario, unless --scenario names another one", async () => {
    const file = fileWith({ scenario: 'quiet', trafficFactor: 0.9 });
    const own = await command('simulate', '--circumstances', file, '--json');
    expect(JSON.parse(own.stdout)).toMatchObject({ play: 'quiet', outcome: 'ignored' });
    const given = await command(
      'simulate',
      '--circumstances',
      file,
      '--scenario',
      'step',
      '--dry-run',
      '--json',
    );
    expect(JSON.parse(given.stdout)).toMatchObject({ play: 'step', outcome: 'planned' });
  }, 60_000);

  it('shows what status sees: stopped tasks with their reason', async () => {
    const reason = 'Your Spot Task was interrupted.';
    const task = { stopCode: 'SpotInterruption', stoppedReason: reason, stoppedAt: '2026-10-02T17:03:00Z' };
    const file = fileWith({ stoppedTasks: [task] });
    const { code, stdout } = await command('status', '--circumstances', file, '--json');
    expect(code).toBe(0);
    expect(stdout).toContain(reason);
  }, 30_000);
});
