import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { configWith, production } from '../support/builders.ts';
import { root } from '../support/packaged.ts';

const require = createRequire(import.meta.url);
const EmptyStatements = require(join(root, 'empty-statements.cjs'));
const { describeServers, describeStage } = require(join(root, 'stage.cjs'));

/** The statements of a role, and of a table beside it, after the plugin has seen them. */
function left(...statements: object[]) {
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyDocument: { Statement: statements } }] },
  };
  const Resources = { Role: role, Records: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
  const provider = { compiledCloudFormationTemplate: { Resources } };
  const { hooks } = new EmptyStatements({ service: { provider } });
  for (const hook of Object.values(hooks)) if (typeof hook === 'function') hook();
  return role.Properties.Policies[0]?.PolicyDocument.Statement;
}

it('takes a right on nothing out of a role, and no other', () => {
  const logs = { Action: 'logs:PutLogEvents', Resource: 'arn:aws:logs:a' };
  const reads = { Action: 'ssm:GetParameter', Resource: ['arn:aws:ssm:a'] };
  expect(left(logs, { ...reads, Resource: [] }, reads)).toEqual([logs, reads]);
});

it('the secrets of pools and caches are those of every service that has any, each once', () => {
  expect(describeServers(production)).toEqual({
    ...{ poolSecrets: [], tuningSecrets: [], cacheSecrets: [], reliefSecrets: [] },
  });
  const config = configWith((draft, service) => {
    const pgbouncer = {
      ...service.pgbouncer,
      instances: [{ host: '10.0.1.5' }],
      statsSecret: '/pools/stats',
      adminSecret: '/pools/admin',
      database: { host: '10.0.3.5', name: 'app', secret: '/pools/reader' },
    };
    Object.assign(service, {
      pgbouncer,
      cache: {
        ...{ host: 'cache.internal', secret: '/cache/reader', reliefSecret: '/cache/reliever' },
        mostActiveSessions: 40,
      },
    });
    draft.services.checkout = { ...service, service: 'checkout', account: 'shop' };
  });
  const parameters = (...names: string[]) =>
    names.map((name) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${name}`,
    }));
  expect(describeServers(config)).toEqual({
    poolSecrets: parameters('/pools/stats', '/pools/reader'),
    tuningSecrets: parameters('/pools/stats', '/pools/reader', '/pools/admin'),
    cacheSecrets: parameters('/cache/reader'),
    reliefSecrets: parameters('/cache/reliever', '/pools/reader'),
  });
});

it('assess alone may look at the tasks of PgBouncer where these are in another cluster', () => {
  const config = configWith((_, service) =>
    Object.assign(service.pgbouncer ?? {}, {
      instances: { cluster: 'data', service: 'pgbouncer' },
      statsSecret: '/pools/stats',
      tls: 'none',
    }),
  );
  const arns = (kind: string, ...names: string[]) =>
    names.map((name) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:${kind}/${name}`,
    }));
  expect(describeStage(config)).toMatchObject({
    clusters: arns('cluster', 'buywhere-production'),
    tasks: arns('task', 'buywhere-production/*'),
    assessedClusters: arns('cluster', 'buywhere-production', 'data'),
    assessedTasks: arns('task', 'buywhere-production/*', 'data/*'),
  });
  expect(describeStage(production).assessedClusters).toEqual(arns('cluster', 'buywhere-production'));
});
