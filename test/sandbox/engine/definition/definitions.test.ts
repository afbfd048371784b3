import { describe, expect, it } from '@jest/globals';
import { parseDefinitions } from '../../../../sandbox/engine/definition/definitions.ts';
import { createEngine } from '../../../../sandbox/engine/engine.ts';

const start = `
definition:
  StartAt: Assess
  States:
    Assess:
      Type: Task
      Resource: !GetAtt assess.Arn
      TimeoutSeconds: 30
      Next: Ask
    Ask:
      Type: Task
      Resource: !Sub 'arn:\${AWS::Partition}:states:::lambda:invoke.waitForTaskToken'
      Parameters: { FunctionName: !GetAtt request-approval.Arn, Payload: { 'token.$': $$.Task.Token } }
      TimeoutSeconds: 30
      Next: Start the scale-in
    Start the scale-in:
      Type: Task
      Resource: !Sub 'arn:\${AWS::Partition}:states:::states:startExecution'
      Parameters: { StateMachineArn: !Ref ScaleIn, Input: {} }
      TimeoutSeconds: 30
      End: true
`;
const scaleIn = 'definition: { StartAt: Done, States: { Done: { Type: Succeed } } }';
const files = { 'emergency-scaling.yml': start, 'scale-in.yml': scaleIn };

describe('definitions', () => {
  it('resolves the tags of CloudFormation to ARNs', () => {
    const definitions = parseDefinitions(files);
    expect(definitions.find('emergency-scaling')?.definition.States).toMatchObject({
      Assess: { Resource: 'arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-assess' },
      Ask: {
        Parameters: {
          FunctionName:
            'arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-request-approval',
        },
      },
      'Start the scale-in': {
        Parameters: {
          StateMachineArn: 'arn:aws:states:ap-southeast-1:123456789012:stateMachine:scale-in',
        },
      },
    });
  });

  it('uses the account and the region that it is told', () => {
    const definitions = parseDefinitions(files, { account: '210987654321', region: 'eu-west-1' });
    expect(definitions.find('scale-in')?.arn).toBe(
      'arn:aws:states:eu-west-1:210987654321:stateMachine:scale-in',
    );
  });

  it.each([
    ['us-gov-east-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
  ])('takes the partition from the Region: %s is in %s', (region, partition) => {
    const definitions = parseDefinitions(files, { account: '210987654321', region });
    const machine = definitions.find('emergency-scaling');
    expect(machine?.arn).toBe(
      `arn:${partition}:states:${region}:210987654321:stateMachine:emergency-scaling`,
    );
    expect(machine?.definition.States).toMatchObject({
      Assess: {
        Resource: `arn:${partition}:lambda:${region}:210987654321:function:emergency-scaling-assess`,
      },
      Ask: { Resource: `arn:${partition}:states:::lambda:invoke.waitForTaskToken` },
      'Start the scale-in': { Resource: `arn:${partition}:states:::states:startExecution` },
    });
  });

  it('puts the Region and the account into a text', () => {
    const result = `!Sub '\${AWS::Region} \${AWS::AccountId}'`;
    const text = `definition: { StartAt: A, States: { A: { Type: Pass, Result: ${result}, End: true } } }`;
    expect(parseDefinitions({ 'm.yml': text }).find('m')?.definition.States).toMatchObject({
      A: { Result: 'ap-southeast-1 123456789012' },
    });
  });

  it('refuses a resource of another partition, as AWS does', () => {
    const written = start.replace(/\$\{AWS::Partition\}(?=:states:::states)/, 'aws');
    const files = { 'm.yml': written, 'scale-in.yml': scaleIn };
    expect(() => parseDefinitions(files, { account: '210987654321', region: 'cn-north-1' })).toThrow(
      'm.yml: arn:aws:states:::states:startExecution is in another partition than cn-north-1; it begins with arn:aws-cn:',
    );
  });

  it.each([
    [
      'an unknown state machine',
      start.replace('!Ref ScaleIn', '!Ref ScaleUp'),
      /ScaleUp is no state machine; there are EmergencyScaling, ScaleIn/,
    ],
    [
      'another attribute',
      start.replace('assess.Arn', 'assess.Name'),
      /!GetAtt assess.Name should read NAME.Arn/,
    ],
    ['an unknown tag', start.replace('!GetAtt assess', '!If assess'), /Unresolved tag: !If/],
    [
      'an unknown pseudo parameter',
      start.replace('AWS::Partition', 'AWS::URLSuffix'),
      /!Sub \$\{AWS::URLSuffix\}: only AWS::Partition, AWS::Region, AWS::AccountId are known here/,
    ],
    ['broken YAML', 'definition: [', /flow sequence|Flow sequence/],
    [
      'a field that the sandbox would ignore',
      start.replace('TimeoutSeconds: 30\n      End', 'Assign: {}\n      End'),
      /Assign/,
    ],
    [
      'a service it does not run',
      start.replace(':startExecution', ':startExecution.sync'),
      /no resource that the sandbox runs/,
    ],
    ['no definition', 'retries: {}', /definition/],
  ])('refuses %s, naming the file', (_case, text, message) => {
    const load = () => parseDefinitions({ ...files, 'emergency-scaling.yml': text });
    expect(load).toThrow(message);
    expect(load).toThrow(/^emergency-scaling\.yml: /);
  });

  it('an engine refuses definitions whose functions it does not have', () => {
    const create = () =>
      createEngine({
        definitions: parseDefinitions(files),
        functions: { assess: async () => null },
        now: () => 0,
        random: () => 0,
      });
    expect(create).toThrow(
      "emergency-scaling.yml calls the function 'request-approval'; the functions are assess",
    );
  });
});
