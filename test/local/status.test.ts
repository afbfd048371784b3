import { describe, expect, it } from '@jest/globals';
import { status } from '../../local/status.ts';
import { call } from './command.ts';
import { environment, refusal, serve } from './init/served.ts';

describe('npm run status ends with one line and exit code 1', () => {
  const refused = async () => {
    const { code, stdout, stderr } = await call(status);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };

  it('without credentials', async () => {
    environment({});
    expect(await refused()).toMatch(/^no AWS credentials \(.*\): set AWS_PROFILE, .*\n$/);
  });

  it('with credentials that AWS does not take', async () => {
    const message = 'The security token included in the request is expired';
    await serve(refusal('ExpiredTokenException', message));
    expect(await refused()).toBe(
      `AWS refuses these credentials (${message}): they are wrong or have expired\n`,
    );
  });

  it('but not for a right that is missing: that is a row of its own', async () => {
    await serve(refusal('AccessDeniedException', 'not yours'));
    const { code, stdout, stderr } = await call(status);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Service +unknown: .*not yours/m);
  });
});
