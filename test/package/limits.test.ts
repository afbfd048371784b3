// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation resolves them
import { describe, expect, it } from '@jest/globals';
import { overLimits } from '../../resources/limits.ts';

const target = { partition: 'aws', region: 'eu-west-1', stack: 'emergency-scaling-x' };
const over = (Resources: Parameters<typeof overLimits>[0]['Resources']) => overLimits({ Resources }, target);

/** A role whose policies, one for each text, hold that text and nothing else. */
const role = (...texts: unknown[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: texts.map((text) => ({ PolicyName: 'p', PolicyDocument: text })) },
});
const policy = (text: unknown) => ({ Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: text } });
/** So long in JSON, with its quotes. */
const long = (length: number) => 'x'.repeat(length - 2);

describe('the limits of AWS', () => {
  it('of a template: 500 resources', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`R${i}`, { Type: 'A::B::C' }]));
    expect(over(many(500))).toEqual([]);
    expect(over(many(501))).toEqual(['the template: 501 resources, AWS allows 500']);
  });

  it('of a template: a megabyte, in bytes and not in characters', () => {
    const empty = Buffer.byteLength(JSON.stringify({ Resources: { A: { Type: '' } } }));
    expect(over({ A: { Type: 'x'.repeat(1_000_000 - empty) } })).toEqual([]);
    expect(over({ A: { Type: 'ä'.repeat(500_000) } })).toEqual([
      `the template: ${(1_000_000 + empty).toLocaleString('en')} bytes, AWS allows 1,000,000`,
    ]);
  });

  it('of a role: 10,240 characters in all of its policies, white space not counted', () => {
    expect(over({ A: role(long(10_000), long(240)) })).toEqual([]);
    expect(over({ A: role(`${long(10_000)}   `, long(240)) })).toEqual([]);
    expect(over({ A: role(long(10_000), long(241)), B: { Type: 'AWS::IAM::Role' } })).toEqual([
      'the policies of the role A: 10,241 characters, AWS allows 10,240',
    ]);
  });

  it('of a managed policy: 6,144 characters', () => {
    expect(over({ A: policy(long(6_144)) })).toEqual([]);
    expect(over({ A: policy(long(6_145)) })).toEqual(['the policy A: 6,145 characters, AWS allows 6,144']);
  });
});

describe('the other limits of AWS', () => {
  it('of names and of the texts of alarms', () => {
    const alarm = (AlarmName: string, AlarmDescription: unknown) => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { AlarmName, AlarmDescription },
    });
    expect(over({ A: alarm('x'.repeat(255), 'x'.repeat(1024)) })).toEqual([]);
    expect(over({ A: alarm('x'.repeat(256), { 'Fn::Sub': `${'x'.repeat(1015)}\${AWS::Region}x` }) })).toEqual(
      [
        'AlarmName of A: 256 characters, AWS allows 255',
        'AlarmDescription of A: 1,025 characters, AWS allows 1,024',
      ],
    );
    expect(over({ ['A'.repeat(256)]: { Type: 'A::B::C' } })).toEqual([
      `the logical id ${'A'.repeat(256)}: 256 characters, AWS allows 255`,
    ]);
    expect(over({ A: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x'.repeat(65) } } })).toEqual([
      'RoleName of A: 65 characters, AWS allows 64',
    ]);
  });

  it('of a rule: a pattern of 2,048 characters', () => {
    const rule = (text: string) => ({ Type: 'AWS::Events::Rule', Properties: { EventPattern: text } });
    expect(over({ A: rule(long(2048)), B: { Type: 'AWS::Events::Rule' } })).toEqual([]);
    expect(over({ A: rule(long(2049)) })).toEqual(['the pattern of A: 2,049 characters, AWS allows 2,048']);
  });

  it('of a dashboard: 500 widgets and 2,500 metrics', () => {
    const dashboard = (widgets: number, metrics: number) => ({
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardBody: {
          'Fn::Sub': JSON.stringify({
            widgets: Array.from({ length: widgets }, () => ({
              properties: { metrics: Array.from({ length: metrics }, () => []) },
            })),
          }),
        },
      },
    });
    expect(over({ A: dashboard(500, 5), B: dashboard(1, 0) })).toEqual([]);
    expect(over({ A: dashboard(501, 0) })).toEqual(['the dashboard A: 501 widgets, AWS allows 500']);
    expect(over({ A: dashboard(250, 11) })).toEqual(['the dashboard A: 2,750 metrics, AWS allows 2,500']);
  });
});

it.each([
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
  [
    'a text',
    { 'Fn::Sub': 'arn:${AWS::Partition}:x:${AWS::AccountId}/${AWS::StackName}' },
    'arn:aws:x:123456789012/emergency-scaling-x',
  ],
  ['a resource with a name', { Ref: 'Named' }, 'arn:aws:SNS:eu-west-1:123456789012:Topic:notices'],
  ['its attribute', { 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:SNS:eu-west-1:123456789012:Topic:notices'],
  [
    'its attribute in a text',
    { 'Fn::Sub': '${Named.Arn}:*' },
    'arn:aws:SNS:eu-west-1:123456789012:Topic:notices:*',
  ],
  [
    'a resource without one',
    { Ref: 'Nameless' },
    `arn:aws:KMS:eu-west-1:123456789012:Key:emergency-scaling-x-Nameless-${'X'.repeat(13)}`,
  ],
])('%s counts as what it will be', (_, value, filledIn) => {
  const resources = {
    Named: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'notices' } },
    Nameless: { Type: 'AWS::KMS::Key', Properties: { KeyName: { Ref: 'Named' } } },
  };
  const fits = 10_240 - JSON.stringify([filledIn]).length;
  expect(over({ ...resources, A: role([value], long(fits)) })).toEqual([]);
  expect(over({ ...resources, A: role({ in: [value] }, long(fits)) })).toHaveLength(1);
  expect(over({ ...resources, A: role([value], long(fits + 1)) })).toEqual([
    'the policies of the role A: 10,241 characters, AWS allows 10,240',
  ]);
});
