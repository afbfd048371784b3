import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Command, run } from '../local/command.ts';
import { read, section } from '../support/markdown.ts';
import { requireAwsCli, shell } from './aws-cli.ts';

jest.setTimeout(240_000);

/** The blocks of docs/deployment.md, as a person pastes them: what all steps share, and then each step. */
const [shared = '', ...steps] = [
  ...section(read('docs/deployment.md'), '## The drill of the first day').matchAll(/```sh\n([\s\S]*?)```/g),
].map(([, block = '']) => block);

const own = {
  STAGE: 'production',
  SERVICE: 'buywhere-api',
  CLUSTER: 'buywhere-production',
  AWS_DEFAULT_REGION: 'ap-southeast-1',
};
const exported = `export ${Object.entries(own)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ')}`;
const definitions = shared.replace(/^export .*$/m, exported).replace(/^settings$/m, '');

let command: Command;
let url: string;
beforeAll(async () => {
  requireAwsCli();
  command = run(
    ...(['start', '--scenario', 'quiet', '--speed', '20', '--port', '0'] as const),
    ...(['--approve', 'yes', '--stay', '600'] as const),
  );
  [, url = ''] = await command.says(/AWS_ENDPOINT_URL=(\S+)/);
  await command.says(/The simulated AWS goes on/);
});
afterAll(async () => {
  command?.child.kill('SIGKILL');
  await command?.done;
});

const lines = async (script: string): Promise<string[]> => {
  const { code, stdout, stderr } = await shell(`${definitions}\n${script}`, url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim().split('\n');
};
const asBefore = ['3', '1\t10'];

it('has a block for each step that is played', () => expect(steps).toHaveLength(7));

it.each([
  ['1. a dry run', 0, ['Planned']],
  ['2. autoscaling', 1, ['Planned']],
  ['3. the kill switch', 2, expect.arrayContaining(['Held', ...asBefore])],
  ['4. a scale-out with light traffic', 3, ['Recovered', expect.stringMatching(/^[5-9]$/), '2\t20']],
  ['5. the approval', 4, ['Restored', ...asBefore]],
  ['6. a rollback', 5, ['Rolled back', ...asBefore]],
  [
    '7. a late alarm',
    6,
    ['Recovered', expect.stringMatching(/^(Joined|Superseded)$/), expect.stringMatching(/^[5-9]$/), '2\t20'],
  ],
])('%s', async (_name, step, seen) => {
  expect(await lines(steps[step] ?? '')).toEqual(seen);
});
