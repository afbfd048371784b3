import { expect, it } from '@jest/globals';
import { filledIn } from '../../resources/accounts/iam-file.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the variables of iam/
it('fills in what stands alone with anything, and what stands in a text with a text', () => {
  const known = { services: ['a', { Ref: 'b' }], name: 'assess' };
  const value = {
    Resource: '${self:custom.stage.services}',
    Name: ['role-${there:name}', 1, null],
    Sub: { 'Fn::Sub': 'arn:${AWS::Partition}:x' },
  };
  expect(filledIn(value, known)).toEqual({
    Resource: ['a', { Ref: 'b' }],
    Name: ['role-assess', 1, null],
    Sub: { 'Fn::Sub': 'arn:${AWS::Partition}:x' },
  });
});

it.each(['${there:other}', 'x-${self:custom.stage.other}', '${there:constructor}'])('knows no %s', (text) => {
  expect(() => filledIn(text, {})).toThrow(/no value for (other|constructor) in/);
});

it.each(['${self:service}-x', '${sls:stage}', '${file(iam/trust.yml):lambda}'])('takes no %s', (text) => {
  expect(() => filledIn([text], {})).toThrow('has a variable of osls');
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the variables of iam/
