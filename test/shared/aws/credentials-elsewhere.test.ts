import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import { credentialsElsewhere } from '../../../shared/aws/credentials-elsewhere.ts';
import { retryStrategy } from '../../../shared/aws/retry.ts';
import { unknownBy } from '../../../shared/core/unknown.ts';

const role = 'arn:aws:iam::222233334444:role/emergency-scaling-production-shop-assess';
const elsewhere = () => ({ region: 'eu-west-1', role, externalId: 'of-the-shop', session: 'run-1' });
const minute = 60_000;
const start = Date.parse('2026-10-02T17:00:00Z');

const { now } = Date;

let asked: URLSearchParams[] = [];

/** An STS that gives credentials for an hour, or refuses. */
function sts(status = 200) {
  const body = () =>
    status === 200
      ? `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${asked.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 60 * minute).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
      : `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:assumed-role/a/b is not authorized</Message></Error></ErrorResponse>`;
  return {
    region: 'ap-southeast-1',
    endpoint: 'https://sts.invalid',
    credentials: { accessKeyId: 'own', secretAccessKey: 'own' },
    retryStrategy: retryStrategy(() => 0, 2),
    requestHandler: wireRequestHandler(async (request) => {
      asked.push(new URLSearchParams(request.body));
      return { status, headers: { 'content-type': 'text/xml' }, body: body() };
    }, 'assess'),
  };
}

describe('credentials of a role in another account', () => {
  beforeEach(() => {
    asked = [];
    Date.now = () => start;
  });
  afterEach(() => {
    Date.now = now;
  });

  it('are asked for with the external id, in a session with the name of the execution', async () => {
    await credentialsElsewhere(elsewhere(), sts())();
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: role,
      RoleSessionName: 'run-1',
      ExternalId: 'of-the-shop',
    });
  });

  it('are asked for once by all clients of an execution, and once more by the next execution', async () => {
    const one = elsewhere();
    const keys = await Promise.all(
      [one, one, one].map(async (it) => (await credentialsElsewhere(it, sts())()).accessKeyId),
    );
    expect(new Set(keys).size).toBe(1);
    await credentialsElsewhere(elsewhere(), sts())();
    expect(asked).toHaveLength(2);
  });

  it('are asked for anew five minutes before they end, and not before', async () => {
    const credentials = credentialsElsewhere(elsewhere(), sts());
    const at = async (minutes: number) => {
      Date.now = () => start + minutes * minute;
      return (await credentials()).accessKeyId;
    };
    expect([await at(0), await at(54), await at(56), await at(57)]).toEqual([
      'ASIA1',
      'ASIA1',
      'ASIA2',
      'ASIA2',
    ]);
  });

  it('say of a refusal which role it was, by the name that STS gives it', async () => {
    const error: unknown = await credentialsElsewhere(elsewhere(), sts(403))().catch((reason) => reason);
    expect(unknownBy(error)).toEqual({
      cause: 'denied',
      error: 'AccessDenied',
      message: expect.stringContaining(
        `sts:AssumeRole of ${role}: User: arn:aws:sts::1:assumed-role/a/b is not`,
      ),
    });
    expect(asked).toHaveLength(1);
  });

  it('are asked for again after a refusal: somebody may have mended it', async () => {
    let status = 403;
    const answers = () => sts(status).requestHandler;
    const client = { ...sts(), requestHandler: { ...sts().requestHandler } };
    client.requestHandler.handle = (...request) => answers().handle(...request);
    const credentials = credentialsElsewhere(elsewhere(), client);
    await expect(credentials()).rejects.toThrow(role);
    status = 200;
    await expect(credentials()).resolves.toMatchObject({ sessionToken: 't' });
  });
});
