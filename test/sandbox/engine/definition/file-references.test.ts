import { describe, expect, it } from '@jest/globals';
import { parseDefinitions } from '../../../../sandbox/engine/definition/definitions.ts';

const osls = (variable: string): string => `\${${variable}}`;
const shared = (name: string): string => osls(`file(statemachines/shared/retries.yml):${name}`);

const retries = `
lambda: [{ ErrorEquals: [States.Timeout], MaxAttempts: 5 }]
same: ${shared('lambda')}
circle: ["${shared('circle')}"]
`;

/** The Retry of a machine's two states, both the same reference. */
function retriesOf(reference: string, text = retries): unknown[] {
  const machine = `
retries: { lambda: &retry "${reference}" }
definition:
  StartAt: Assess
  States:
    Assess: { Type: Task, Resource: !GetAtt assess.Arn, Retry: *retry, Next: Plan }
    Plan: { Type: Task, Resource: !GetAtt plan.Arn, Retry: *retry, End: true }
`;
  const { machines } = parseDefinitions({ 'm.yml': machine, 'shared/retries.yml': text });
  expect([...machines.keys()]).toEqual(['m']);
  const states = Object.values(machines.get('m')?.definition.States ?? {});
  return states.map((state) => (state.Type === 'Task' ? state.Retry : undefined));
}

describe('a reference to another file, as osls resolves it', () => {
  it.each(['lambda', 'same'])('is what stands there under "%s", wherever it is repeated', (name) => {
    const retry = [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 5 }];
    expect(retriesOf(shared(name))).toEqual([retry, retry]);
  });

  it.each([
    [
      'to a file that is not there',
      osls('file(statemachines/shared/tries.yml):lambda'),
      'there is no file statemachines/shared/tries.yml',
    ],
    [
      'to a file outside the folder',
      osls('file(config/production.yml):region'),
      'there is no file config/production.yml',
    ],
    [
      'to a name that is not there',
      shared('lamda'),
      'statemachines/shared/retries.yml has no lamda; it has lambda, same, circle',
    ],
    ['that leads to itself', shared('circle'), 'refers to itself'],
    [
      'of another kind',
      osls('self:custom.retry'),
      'only file(PATH):NAME, as the whole value, is resolved here',
    ],
    [
      'within a text',
      `not ${shared('lambda')}`,
      'only file(PATH):NAME, as the whole value, is resolved here',
    ],
  ])('%s is refused, once', (_case, reference, message) => {
    expect(() => retriesOf(reference)).toThrow(new Error(`m.yml: ${reference}: ${message}`));
  });

  it('to a file that is no YAML is refused, naming that file', () => {
    const refused = () => retriesOf(shared('lambda'), 'lambda: [');
    expect(refused).toThrow(/^m\.yml: statemachines\/shared\/retries\.yml: .*flow sequence/i);
  });
});
