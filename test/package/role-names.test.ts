import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { RolesConfig } from '../../shared/config/roles.ts';
import { root } from '../support/packaged.ts';

const RoleNames = createRequire(import.meta.url)(join(root, 'role-names.cjs'));

/** A role, a policy and a table after the plugin has seen them. */
function named(iam: RolesConfig) {
  const resources = {
    PlanRole: { Type: 'AWS::IAM::Role', Properties: {} },
    TracesPolicy: { Type: 'AWS::IAM::ManagedPolicy', Properties: {} },
    Records: { Type: 'AWS::DynamoDB::Table', Properties: {} },
  };
  const provider = { stage: 'staging', compiledCloudFormationTemplate: { Resources: resources } };
  const { hooks } = new RoleNames({ service: { provider, custom: { stage: { iam } } } });
  for (const hook of Object.values(hooks)) if (typeof hook === 'function') hook();
  return Object.values(resources).map(({ Properties }) => Properties);
}

it('leaves the names to CloudFormation where nothing is asked for', () => {
  expect(named({})).toEqual([{}, {}, {}]);
});

it('puts path and prefix on every role and policy, and the boundary on every role', () => {
  const policy = 'arn:aws:iam::111122223333:policy/bounds';
  expect(
    named({ permissionsBoundary: policy, rolePath: '/teams/scaling/', roleNamePrefix: 'acme-' }),
  ).toEqual([
    { Path: '/teams/scaling/', RoleName: 'acme-staging-PlanRole', PermissionsBoundary: policy },
    { Path: '/teams/scaling/', ManagedPolicyName: 'acme-staging-TracesPolicy' },
    {},
  ]);
});

it('names a boundary of the account by its ARN', () => {
  expect(named({ permissionsBoundary: 'teams/bounds' })[0]).toEqual({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
    PermissionsBoundary: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/teams/bounds' },
  });
});

it('refuses a prefix that makes a name too long, with both lengths', () => {
  expect(() => named({ roleNamePrefix: 'x'.repeat(50) })).toThrow(/has 66 characters, IAM allows 64/);
});
