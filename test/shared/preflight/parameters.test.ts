import { describe, expect, it } from '@jest/globals';
import { tokenTrials } from '../../../shared/preflight/parameters.ts';
import { tried } from '../../../shared/preflight/trials.ts';

const names = ['/shop/token-a', '/shop/token-b'];
const basics = {
  after: () => ({ passed: new Promise<void>(() => {}), cancel: () => {} }),
  log: { info: () => {}, warn: () => {}, error: () => {} },
};
const named = (name: string) => Object.assign(new Error(name), { name });

/** What the trials of both tokens come to, where reading the first one and the second one ends so. */
async function results(...ends: ('read' | string)[]) {
  const read = async (name: string) => {
    const end = ends[names.indexOf(name)] ?? '';
    if (end !== 'read') throw named(end);
    return 'a token';
  };
  const { rows } = await tried('alert-webhook', tokenTrials({ read }, names), basics);
  return rows.map(({ result, why }) => (why ? `${result}: ${why}` : result));
}

describe('of the tokens of the webhook', () => {
  it.each([
    ['both are read', ['read', 'read'], ['ok', 'ok']],
    ['the second one is not made yet', ['read', 'ParameterNotFound'], ['ok', 'not-tried: one-is-enough']],
    [
      'the first one is deleted after a rotation',
      ['ParameterNotFound', 'read'],
      ['not-tried: one-is-enough', 'ok'],
    ],
    ['nobody has made one', ['ParameterNotFound', 'ParameterNotFound'], ['failed', 'failed']],
    [
      'one is there and may not be read',
      ['AccessDeniedException', 'ParameterNotFound'],
      ['missing', 'failed'],
    ],
    ['one may not be read, though the other is', ['AccessDeniedException', 'read'], ['missing', 'ok']],
  ])('%s', async (_, ends, expected) => {
    expect(await results(...ends)).toEqual(expected);
  });
});
