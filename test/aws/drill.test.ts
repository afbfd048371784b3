import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
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

let url: string;
/** The steps of one block play on in one simulated AWS, at this speed. */
function inOneAws(speed: number): void {
  let command: Command;
  beforeAll(async () => {
    requireAwsCli();
    command = run(
      ...(['start', '--scenario', 'quiet', '--speed', `${speed}`, '--port', '0'] as const),
      ...(['--approve', 'yes', '--stay', '600'] as const),
    );
    [, url = ''] = await command.says(/AWS_ENDPOINT_URL=(\S+)/);
  });
  afterAll(async () => {
    command?.child.kill('SIGKILL');
    await command?.done;
  });
}

const played = async (step: number): Promise<string[]> => {
  const { code, stdout, stderr } = await shell(`${definitions}\n${steps[step]}`, url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim().split('\n');
};
const asBefore = ['3', '1\t10'];
const raised = [expect.stringMatching(/^[5-9]$/), '2\t20'];

it('has a block for each step that is played', () => expect(steps).toHaveLength(7));

describe('the first six', () => {
  inOneAws(20);

  it.each([
    ['1. a dry run', 0, ['Planned']],
    ['2. autoscaling', 1, ['Planned']],
    ['3. the kill switch', 2, expect.arrayContaining(['Held', ...asBefore])],
    ['4. a scale-out with light traffic', 3, ['Recovered', ...raised]],
    ['5. the approval', 4, ['Restored', ...asBefore]],
    // By then autoscaling may have taken a task of the quiet service by itself.
    ['6. a rollback', 5, ['Rolled back', expect.stringMatching(/^[23]$/), '1\t10']],
  ])('%s', async (_name, step, seen) => {
    expect(await played(step)).toEqual(seen);
  });
});

describe('the last one', () => {
  // Its alarm has to come before the scale-in's first step, five minutes after the run: 15 s at speed 20, which several
  // calls of the AWS CLI take on a busy machine.
  inOneAws(5);

  it('7. a late alarm', async () => {
    expect(await played(6)).toEqual(['Recovered', expect.stringMatching(/^(Joined|Superseded)$/), ...raised]);
  });
});
