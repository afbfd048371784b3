import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { root } from '../support/packaged.ts';
import { play } from './harness.ts';

jest.setTimeout(60_000);

const options = { scenario: 'flash-crowd', environment: 'staging', seed: 7 } as const;

it('the same seed gives the same document, byte for byte, within one process and in another', async () => {
  const [one, again] = [await play(options), await play(options)].map(
    ({ report }) => `${JSON.stringify(report, null, 2)}\n`,
  );
  const other = spawnSync(
    process.execPath,
    [
      'local/simulate.ts',
      '--scenario',
      options.scenario,
      '--environment',
      options.environment,
      '--seed',
      '7',
      '--json',
    ],
    { cwd: root, encoding: 'utf8' },
  );

  expect(again).toBe(one);
  expect(other.stderr).toBe('');
  expect(other.stdout).toBe(one);
});

it('another seed gives another one', async () => {
  const [one, other] = [
    await play({ ...options, dryRun: true }),
    await play({ ...options, dryRun: true, seed: 8 }),
  ];
  expect(one.report.reasons).not.toEqual(other.report.reasons);
});

it("a person's own AWS profile changes nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  const profile = join(folder, 'config');
  writeFileSync(profile, '[default]\nretry_mode = nonsense\nuse_fips_endpoint = perhaps\nmax_attempts = 1\n');
  const simulate = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['local/simulate.ts', '--environment', 'staging', '--dry-run', '--json'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  const [one, other] = [
    simulate({}),
    simulate({ AWS_CONFIG_FILE: profile, AWS_SHARED_CREDENTIALS_FILE: profile }),
  ];
  rmSync(folder, { recursive: true });
  expect([other?.status, other?.stderr]).toEqual([0, '']);
  expect(other?.stdout).toBe(one?.stdout);
});
