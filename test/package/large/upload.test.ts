import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import { bucketKey } from '../../../resources/large/stacks.ts';
import { type LoopbackServer, serveOnLoopback } from '../../../sandbox/aws/loopback.ts';

type Plugin = new (serverless: object, options: object) => { hooks: Record<string, () => Promise<void>> };
const LargeStage: Plugin = createRequire(import.meta.url)('../../../large-stage.cjs');

const folder = mkdtempSync(join(tmpdir(), 'large-'));
const templates = { Services1: '{"Resources":{"é":1}}', Services12: '{"Resources":{}}' };
let bucket: LoopbackServer;
let put: Record<string, string>;

beforeAll(async () => {
  for (const [id, text] of Object.entries(templates))
    writeFileSync(join(folder, `services-stack-${id}.json`), text);
  writeFileSync(join(folder, 'assess.zip'), 'of the functions');
  const app = new Hono();
  app.put('/*', async ({ req, body }) => {
    put[req.path] = await req.text();
    return body(null, 200, { ETag: '"1"' });
  });
  bucket = await serveOnLoopback(app);
});
beforeEach(() => {
  put = {};
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await bucket.close();
});

/** osls, as far as a deployment of the package in the folder asks it. */
class AwsDeploy {
  bucketName = 'bucket-of-the-package';
  provider = {
    isS3TransferAccelerationEnabled: () => false,
    getAwsSdkV3Config: async () => ({
      region: 'ap-southeast-1',
      endpoint: bucket.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  };
}
const deployed = (shouldNotDeploy: boolean) =>
  new LargeStage(
    {
      serviceDir: folder,
      service: { provider: { stage: 'staging', shouldNotDeploy }, package: {} },
      pluginManager: { plugins: [new AwsDeploy()] },
    },
    { package: folder },
  ).hooks['after:aws:deploy:deploy:uploadArtifacts']?.();

it('a deployment puts each template of services where the stack of the stage looks for it, and nothing else', async () => {
  await deployed(false);
  expect(put).toEqual(
    Object.fromEntries(
      Object.entries(templates).map(([id, text]) => [
        `/bucket-of-the-package/${bucketKey('staging', id, text)}`,
        text,
      ]),
    ),
  );
});

it('a deployment that changes nothing puts nothing', async () => {
  await deployed(true);
  expect(put).toEqual({});
});
