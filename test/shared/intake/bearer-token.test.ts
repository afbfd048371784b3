import { describe, expect, it } from '@jest/globals';
import { carriesToken, tokenPattern } from '../../../shared/intake/bearer-token.ts';
import { production } from '../../support/builders.ts';
import { read, section } from '../../support/markdown.ts';

const [old, young] = ['token-that-is-going-out-1', 'token-that-is-coming-in-2'];

/** Whether a request is let in while these parameters can be read, and what was logged. */
async function ask(authorization: string | undefined, parameters: Record<string, string>, failure?: Error) {
  const names = ['a', 'b'];
  const warnings: unknown[] = [];
  const ages: unknown[] = [];
  const silent = () => undefined;
  const allowed = carriesToken(authorization, names, {
    config: production,
    now: () => new Date(0),
    after: () => ({ passed: new Promise<void>(silent), cancel: silent }),
    log: {
      info: silent,
      warn: (message, fields) => void warnings.push([message, fields]),
      error: (message, fields) => void warnings.push([message, fields]),
    },
    secrets: {
      read: async (name, age) => {
        ages.push([name, age]);
        return parameters[name] ?? Promise.reject(failure ?? new Error(`${name} cannot be read`));
      },
    },
  });
  return { allowed: await allowed, warnings, ages };
}

describe('a bearer token', () => {
  it.each([
    [`Bearer ${old}`, true],
    [`Bearer ${young}`, true],
    [`bearer   ${young}`, true],
    [`Bearer ${old}x`, false],
    [`Bearer ${old.slice(0, -1)}`, false],
    [`Bearer ${old} ${young}`, false],
    [`Basic Bearer ${old}`, false],
    [`Bearer ${old} `, false],
    [`Bearer${old}`, false],
    [old, false],
    ['Bearer ', false],
    ['', false],
    [undefined, false],
  ])('in %j opens the door: %s', async (authorization, allowed) => {
    expect(await ask(authorization, { a: old, b: young })).toMatchObject({ allowed, warnings: [] });
  });

  it('of one parameter is enough while the other cannot be read, which is logged where somebody is refused', async () => {
    const absent = Object.assign(new Error('b'), { name: 'ParameterNotFound' });
    const warnings = [['a token cannot be read', { parameters: ['b'] }]];

    expect(await ask(`Bearer ${old}`, { a: old })).toMatchObject({ allowed: true, warnings: [] });
    expect(await ask(`Bearer ${young}`, { a: old }, absent)).toMatchObject({ allowed: false, warnings });
  });

  it('is compared with what was read minutes ago, and before it is refused with what is not older than seconds', async () => {
    const kept = [
      ['a', undefined],
      ['b', undefined],
    ];
    const fresh = [
      ['a', 5],
      ['b', 5],
    ];
    expect((await ask(`Bearer ${young}`, { a: old, b: young })).ages).toEqual(kept);
    expect((await ask(`Bearer ${young}x`, { a: old, b: young })).ages).toEqual([...kept, ...fresh]);
  });

  it('that may be the one that cannot be read is tried again, and not refused for good', async () => {
    await expect(ask(`Bearer ${young}`, { a: old })).rejects.toThrow(
      'not every token in a, b can be read now',
    );
    await expect(ask('Bearer ', { a: old })).resolves.toMatchObject({ allowed: false });
    const absent = Object.assign(new Error('b'), { name: 'ParameterNotFound' });
    await expect(ask(`Bearer ${young}`, { a: old }, absent)).resolves.toMatchObject({ allowed: false });
  });

  it('of fewer than sixteen characters never opens the door', async () => {
    const short = 'x'.repeat(15);
    expect(await ask(`Bearer ${short}`, { a: short, b: young })).toMatchObject({ allowed: false });
    expect(await ask(`Bearer ${short}x`, { a: `${short}x`, b: young })).toMatchObject({ allowed: true });
    expect(await ask('Bearer ', { a: '', b: young })).toMatchObject({ allowed: false });
  });

  it.each(['x'.repeat(15), 'a token with white space'])(
    '%j is said to be none, with what is asked',
    async (token) => {
      const { warnings } = await ask('Bearer another-token-altogether', { a: token, b: young });
      expect(warnings).toEqual([
        ['a token is too short or holds white space', { parameters: ['a'], asked: '^\\S{16,}$' }],
      ]);
    },
  );

  it('is refused by SSM where it is made, if it could not open the door', () => {
    const lines = section(read('docs/deployment.md'), '## What must exist').split('\n');
    const making = lines.filter((line) => line.includes('alertmanager-token'));
    expect(making.length).toBeGreaterThan(0);
    for (const line of making) expect(line).toContain(`--allowed-pattern '${tokenPattern.source}'`);
  });

  it.each([
    ['none can be read', {}],
    ['all are too short', { a: 'short', b: '' }],
  ])('is not judged where %s: the sender tries again', async (_, parameters) => {
    await expect(ask(`Bearer ${old}`, parameters)).rejects.toThrow('no usable token in a, b');
  });
});
