import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { init } from '../../../local/init.ts';
import { call } from '../command.ts';
import { usual } from './filled-in.ts';
import { cluster, environment, initOf, ownFolder, refusal, run, serve, service } from './served.ts';

describe('what is refused, each with one line', () => {
  const refused = async (ended: ReturnType<typeof run>, code: number) => {
    const { stdout, stderr, ...rest } = await ended;
    expect({ code: rest.code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
      code,
      stdout: '',
      lines: 1,
    });
    expect(stderr).not.toMatch(/Exception|Error|Provider[A-Z]/);
    return stderr.trimEnd();
  };

  it.each([
    [['--cluster', 'nowhere'], '--cluster: "nowhere" does not exist in eu-west-1; allowed: shop'],
    [['--service', 'nothing'], '--service: "nothing" does not exist in shop; allowed: shop-api'],
  ])('%j, with those that there are', async (args, message) => {
    expect(await refused(initOf(usual, ...args), 2)).toBe(message);
  });

  it.each([
    [['--name', 'Shop'], '--name: "Shop" must be lower case letters, digits and hyphens'],
    [['--name', 'a'.repeat(30)], `--name: "${'a'.repeat(30)}" must be at most 29 characters`],
    [['--cluster', 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop'], 'must be the name, not the ARN: shop'],
    [['--region', 'europe'], '--region: "europe" must be an AWS Region such as ap-southeast-1'],
    [['--environment', 'test'], '--environment: "test" is no kind; allowed: production, staging'],
    [['--out', '/tmp/Shop.yml'], '--name: must be given, because the name of the file is no stage'],
    [['--name', 'other'], '--out: must end with other.yml'],
    [['--colour'], "Unknown option '--colour'"],
  ])('%j', async (args, message) => {
    environment({});
    expect(await refused(run(...args), 2)).toContain(message);
  });

  it.each([
    [['--service', service], '--cluster: must be given'],
    [['--cluster', cluster], '--service: must be given'],
    [
      ['--cluster', cluster, '--service', 'Shop_API'],
      '--name: must be given, because the name of the service',
    ],
  ])('%j alone', async (args, message) => {
    environment({});
    const ended = call(init, ...args).then((end) => ({ ...end, out: '' }));
    expect(await refused(ended, 2)).toContain(message);
  });

  it('no Region', async () => {
    environment({});
    const ended = call(init, '--cluster', cluster, '--service', service).then((end) => ({ ...end, out: '' }));
    expect(await refused(ended, 2)).toBe(
      '--region: must be given, such as eu-west-1; your environment names none',
    );
  });

  it('no credentials', async () => {
    environment({});
    expect(await refused(run(), 1)).toMatch(/^no AWS credentials \(.*\): set AWS_PROFILE, /);
  });

  it('credentials that AWS does not take', async () => {
    const message = 'The security token included in the request is invalid.';
    await serve(refusal('UnrecognizedClientException', message));
    expect(await refused(run(), 1)).toBe(
      `AWS refuses these credentials (${message}): they are wrong or have expired`,
    );
  });

  it('a right that is missing, by the name of the action', async () => {
    const faults = {
      kind: 'error',
      name: 'AccessDeniedException',
      message: 'not yours',
      status: 400,
    } as const;
    const denied = (action: string) =>
      initOf({
        ...usual,
        options: { faults: ({ operation }) => (operation === action ? faults : undefined) },
      });
    expect(await refused(denied('DescribeServices'), 1)).toBe('AWS refuses ecs:DescribeServices (not yours)');
    expect(await refused(denied('DescribeScalingPolicies'), 1)).toContain(
      'application-autoscaling:DescribeScalingPolicies',
    );
  });

  it('nobody who answers', async () => {
    environment({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    });
    expect(await refused(run(), 1)).toBe(
      'AWS does not answer ecs:DescribeServices (connect ECONNREFUSED 127.0.0.1:9): AWS_ENDPOINT_URL is http://127.0.0.1:9',
    );
  });

  it('something else that answers', async () => {
    const page = createServer((_, answer) => answer.writeHead(501).end('<!DOCTYPE html>'));
    await new Promise<void>((resolve) => void page.listen(0, '127.0.0.1', resolve));
    const address = page.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    environment({ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
    const said = await refused(run(), 1);
    page.close();
    expect(said).toBe(
      `AWS does not answer ecs:DescribeServices (something else does): AWS_ENDPOINT_URL is ${url}`,
    );
  });

  it('a file that exists, which stays as it is unless it is to be written over', async () => {
    const out = join(ownFolder(), 'shop.yml');
    writeFileSync(out, 'mine');
    expect(await refused(initOf(usual), 2)).toBe(
      `--out: ${out} exists; give another --name, or --force to write over it`,
    );
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await run('--force')).code).toBe(0);
    expect(parse(readFileSync(out, 'utf8'))).toMatchObject({ environment: 'shop' });
  });

  it('this project’s own stage, by its name alone', async () => {
    environment({});
    const ended = call(init, '--cluster', cluster, '--service', service, '--name', 'production');
    expect(
      await refused(
        ended.then((end) => ({ ...end, out: '' })),
        2,
      ),
    ).toBe('--out: config/production.yml exists; give another --name, or --force to write over it');
  });

  it('a folder that does not exist', async () => {
    await initOf(usual);
    const out = join(ownFolder(), 'nowhere', 'shop.yml');
    expect(await refused(run('--out', out), 2)).toBe(`--out: ${out} cannot be written (ENOENT)`);
  });
});
