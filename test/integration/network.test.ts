import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { codeSpans, read, section } from '../support/markdown.ts';
import { ofType, type Packaged, packageStage, remove, runOsls, statements } from '../support/packaged.ts';
import { projectCopy } from '../support/project-copy.ts';

jest.setTimeout(400_000);

const project = projectCopy();
const file = join(project, 'config/production.yml');
/** With pools and a cache: a stage that has a network may have something in it. */
const text = readFileSync(file, 'utf8').replace(
  // Of the two ways to say where PgBouncer is, the list of addresses.
  /^( +)# ((?:instances: \[|(?:statsSecret|adminSecret|database|cache): ).*)$/gm,
  '$1$2',
);
const place = { SubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'], SecurityGroupIds: ['sg-0a1b2c3d'] };
const vpc = (more = '') =>
  `${text}\nvpc:\n  subnets: [${place.SubnetIds}]\n  securityGroups: [${place.SecurityGroupIds}]\n${more}`;

const inNetwork = [
  ...['assess', 'check-redis', 'read-pools', 'relieve-redis', 'tune-pools', 'wait-verify'],
].map((name) => `emergency-scaling-production-${name}`);
let without: Packaged;
let within: Packaged;
beforeAll(() => {
  writeFileSync(file, text);
  without = packageStage('production', project);
  writeFileSync(file, vpc());
  within = packageStage('production', project);
});
afterAll(() => {
  for (const one of [without, within]) if (one) remove(one);
  rmSync(project, { recursive: true });
});

const functionsOf = (packaged: Packaged) => ofType(packaged, 'AWS::Lambda::Function');
const rolesWith = (packaged: Packaged, policy: string) =>
  ofType(packaged, 'AWS::IAM::Role').flatMap(([id, { ManagedPolicyArns }]) =>
    JSON.stringify(ManagedPolicyArns ?? []).includes(`"${policy}"`) ? [id] : [],
  );
/** A template without what changes with the code, and so with each configuration: versions and places of bundles. */
const comparable = ({ resources }: Packaged) =>
  JSON.parse(
    JSON.stringify(resources)
      .replaceAll(/(LambdaVersion)\w+/g, '$1')
      .replaceAll(/"S3Key":"[^"]*"|"CodeSha256":"[^"]*"/g, '"code":""'),
  );

describe('a network in config/', () => {
  it('attaches exactly the functions that ask for what is inside, with exactly their roles', () => {
    const attached = functionsOf(within).filter(([, { VpcConfig }]) => VpcConfig !== undefined);
    expect(attached.map(([, { FunctionName }]) => FunctionName).sort()).toEqual(inNetwork);
    for (const [, { VpcConfig }] of attached) expect(VpcConfig).toEqual(place);
    expect(rolesWith(within, 'NetworkPolicy').sort()).toEqual([
      'AssessRole',
      'CheckRedisRole',
      'ReadPoolsRole',
      'RelieveRedisRole',
      'TunePoolsRole',
      'WaitVerifyRole',
    ]);
  });

  it('gives them what docs/permissions.md lists, and denies it to their own code', () => {
    const { Statement } = Object(within.resources.NetworkPolicy?.Properties?.PolicyDocument);
    const explained = codeSpans(section(read('docs/permissions.md'), '## In a network')).filter((span) =>
      span.startsWith('ec2:'),
    );
    const [allow, deny] = Statement;
    expect([Statement.length, allow.Effect, deny.Effect]).toEqual([2, 'Allow', 'Deny']);
    expect([allow.Action, deny.Action]).toEqual([explained, explained]);
    expect(deny.Condition).toEqual({
      ArnLike: {
        'lambda:SourceFunctionArn': {
          'Fn::Sub':
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
            'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:emergency-scaling-production-*',
        },
      },
    });
  });

  it.each([
    ['read-pools', 'ReadPoolsRole', ['pgbouncer-stats', 'database-reader']],
    ['check-redis', 'CheckRedisRole', ['cache-reader']],
    ['relieve-redis', 'RelieveRedisRole', ['cache-reliever', 'database-reader']],
  ])('lets %s read exactly its secrets', (_, role, secrets) => {
    // Those that write read the switch as well, in a statement of its own.
    const reads = statements(within, role).filter(
      ({ Action, Resource }) =>
        Action.includes('ssm:GetParameter') && !JSON.stringify(Resource).includes('Switch'),
    );
    expect(reads).toEqual([
      {
        Effect: 'Allow',
        Action: ['ssm:GetParameter'],
        Resource: secrets.map((name) => ({
          'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/emergency-scaling/production/${name}`,
        })),
      },
    ]);
  });

  it('changes nothing else', () => {
    const changed = comparable(within);
    delete changed.NetworkPolicy;
    for (const resource of Object.values(changed)) {
      const { Properties } = Object(resource);
      delete Properties?.VpcConfig;
      const policies = Properties?.ManagedPolicyArns;
      if (policies?.at(-1)?.Ref === 'NetworkPolicy') policies.pop();
    }
    expect(changed).toEqual(comparable(without));
  });

  it('is for other functions where they are named, with the prefix of the roles', () => {
    writeFileSync(file, vpc('  functions: [notify]\n').replace(/^iam:$/m, 'iam:\n  roleNamePrefix: acme-'));
    const packaged = packageStage('production', project);
    const attached = functionsOf(packaged).filter(([, { VpcConfig }]) => VpcConfig !== undefined);
    expect(attached.map(([id]) => id)).toEqual(['NotifyLambdaFunction']);
    expect(rolesWith(packaged, 'NetworkPolicy')).toEqual(['NotifyRole']);
    expect(packaged.resources.NetworkPolicy?.Properties?.ManagedPolicyName).toBe(
      'acme-production-NetworkPolicy',
    );
    remove(packaged);
  });

  it('that names a function which is none is refused with those that there are', () => {
    writeFileSync(file, vpc('  functions: [asses]\n'));
    const { status, stderr } = runOsls('production', join(project, 'refused'), project);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^config\/production\.yml: vpc\.functions: no function is named asses; allowed: alert-webhook, approval, assess, /m,
      ),
    ]);
  });
});

describe('without a network', () => {
  it('nothing of EC2 is in the package', () => {
    expect(JSON.stringify(without.resources)).not.toMatch(/ec2:|VpcConfig|NetworkPolicy/);
  });
});
