import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ofType, type Packaged, root } from '../support/packaged.ts';

/** What is kept, encrypted, limited and not logged. */
export function itProtectsWhatItKeeps(of: () => Packaged): void {
  const only = (type: string) => {
    const found = ofType(of(), type);
    expect(found).toHaveLength(1);
    return found[0]?.[1];
  };

  it('keeps the records of incidents: encrypted, recoverable, and also when the stack is removed', () => {
    expect(only('AWS::DynamoDB::Table')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(of().resources.Records).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('keeps the logs, which are the audit trail, and the switch when the stack is removed, but not when it failed', () => {
    const kept = Object.entries(of().resources).filter(([, { Type }]) =>
      ['AWS::Logs::LogGroup', 'AWS::SSM::Parameter'].includes(Type),
    );
    expect(kept.length).toBeGreaterThan(20);
    for (const [, resource] of kept)
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    // CloudFormation takes over only what has a name without references.
    expect(kept.filter(([, { Properties }]) => typeof nameIn(Properties) !== 'string')).toEqual([]);
  });

  it('never writes the switch again: nothing of it changes from release to release, and no update may change it', () => {
    // Whoever has to change this writes `on` into every account that updates: make a parameter of another name instead.
    expect(of().resources.Switch?.Properties).toEqual({
      Name: `/emergency-scaling/${of().stage}/switch`,
      Type: 'String',
      Value: 'on',
      Description: 'Emergency scaling writes only while this is on',
    });
    const { provider } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
    expect(provider.stackPolicy).toEqual([
      { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: 'Update:*', Resource: 'LogicalResourceId/Switch' },
    ]);
    // Tags of the stack are passed on to its resources.
    expect(provider.stackTags).toBeUndefined();
  });

  it('encrypts notices and undelivered events', () => {
    expect(only('AWS::SNS::Topic')).toMatchObject({ KmsMasterKeyId: { Ref: 'NoticesKey' } });
    expect(only('AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true });
    for (const [, queue] of ofType(of(), 'AWS::SQS::Queue'))
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  it('limits requests, and logs them without path, query and headers, which hold handles and tokens', () => {
    const stage = only('AWS::ApiGatewayV2::Stage');
    expect(stage).toMatchObject({
      DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 },
    });
    const format = String(Object(stage?.AccessLogSettings).Format);
    const logged = [...format.matchAll(/\$context\.([\w.]+)/g)].map(([, field = '']) => field);
    expect(logged.sort()).toEqual(
      [
        'error.message',
        'identity.sourceIp',
        'integrationErrorMessage',
        'requestId',
        'requestTime',
        'responseLatency',
        'responseLength',
        'routeKey',
        'status',
      ].sort(),
    );
    expect(Object.keys(JSON.parse(format))).toHaveLength(logged.length);
  });

  it('keeps every log for a year', () => {
    const groups = ofType(of(), 'AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(20 - 1);
    expect(groups.filter(([, { RetentionInDays }]) => RetentionInDays !== 365)).toEqual([]);
  });
}

const nameIn = (properties: Record<string, unknown> = {}) => properties.LogGroupName ?? properties.Name;
