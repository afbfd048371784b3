import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { root } from '../support/packaged.ts';

const load = createRequire(import.meta.url);
const KeptResources = load(join(root, 'kept-resources.cjs'));
const AwsDeploy = load('serverless/lib/plugins/aws/deploy/index.js');

const keeping = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

it('keeps logs and parameters, and nothing that only the stack needs', () => {
  const Resources: Record<string, object> = {
    StatesLog: { Type: 'AWS::Logs::LogGroup' },
    Switch: { Type: 'AWS::SSM::Parameter' },
    Records: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
    Notices: { Type: 'AWS::SNS::Topic' },
  };
  const provider = { compiledCloudFormationTemplate: { Resources } };
  new KeptResources({ service: { provider } }).hooks[
    'after:aws:package:finalize:mergeCustomProviderResources'
  ]();
  expect(Resources).toEqual({
    StatesLog: { Type: 'AWS::Logs::LogGroup', ...keeping },
    Switch: { Type: 'AWS::SSM::Parameter', ...keeping },
    Records: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
    Notices: { Type: 'AWS::SNS::Topic' },
  });
});

it("has osls's deployment take over what is there already", () => {
  const provider = { getStage: () => 'staging', naming: { getStackChangeSetName: () => 'changes' } };
  const serverless = {
    service: { provider: {}, package: { path: 'package' } },
    getProvider: () => provider,
    configurationInput: {},
  };
  const deploy = new AwsDeploy(serverless, {});
  deploy.getSharedStackActionParams = () => ({ StackName: 'emergency-scaling-staging' });
  new KeptResources({ ...serverless, pluginManager: { plugins: [{}, deploy] } }).hooks[
    'before:deploy:deploy'
  ]();

  expect(deploy.getCreateChangeSetParams({ changeSetType: 'UPDATE' })).toMatchObject({
    StackName: 'emergency-scaling-staging',
    ChangeSetName: 'changes',
    ChangeSetType: 'UPDATE',
    ImportExistingResources: true,
  });
});
