import { afterEach, describe, expect, it } from '@jest/globals';
import { status } from '../../local/status.ts';
import { call } from './command.ts';

describe('npm run status without credentials', () => {
  const kept = { ...process.env };
  afterEach(() => {
    process.env = { ...kept };
  });

  it('ends with one line and exit code 1', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    });
    const { code, stdout, stderr } = await call(status);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^no AWS credentials \(.*\): set AWS_PROFILE, .*\n$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
