import { describe, expect, it } from '@jest/globals';
import { address, ecsName, loadBalancer, selector, targetGroup } from '../../../shared/config/aws-names.ts';

/** What is said of a value; nothing when it is taken. */
const saidOf = (schema: typeof ecsName, value: string): string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

describe('a name in place of which an ARN was given', () => {
  const cluster = 'arn:aws:ecs:ap-southeast-1:123456789012:cluster';
  it.each([
    ['shop', `${cluster}/shop`],
    ['shop', `${cluster}/shop" `],
    ['api', 'arn:aws:ecs:ap-southeast-1:123456789012:service/shop/api'],
    ['', `${cluster}/`],
  ])('is told: "%s", the end of %s', (name, given) => {
    expect(saidOf(ecsName, given)).toEqual([`must be the name, not the ARN: ${name}`]);
  });
});

describe('the tail of an ARN', () => {
  const elb = 'arn:aws:elasticloadbalancing:x:1';
  const app = 'must look like app/NAME/ID';
  const group = 'must look like targetgroup/NAME/ID';
  it.each([
    [
      'a whole ARN',
      loadBalancer,
      `${elb}:loadbalancer/app/shop/50dc`,
      `${app}, the tail of its ARN: app/shop/50dc`,
    ],
    [
      'one with a quote',
      targetGroup,
      `${elb}:targetgroup/a/6d"`,
      `${group}, the tail of its ARN: targetgroup/a/6d`,
    ],
    ['an ARN of another kind', loadBalancer, `${elb}:loadbalancer/net/shop/50dc`, app],
    ['no ARN', loadBalancer, 'loadbalancer/app/shop/50dc', app],
    ['no ARN and nothing of it', targetGroup, 'shop', group],
  ])('is shown only where there is one: %s', (_, schema, given, message) => {
    expect(saidOf(schema, given)).toEqual([message]);
  });
});

describe('an address', () => {
  it.each(['https://bolt@x.example/', 'https://:made-up@x.example/', 'https://bolt:made-up@x.example/'])(
    'with a part of a credential is refused: %s',
    (given) => {
      expect(saidOf(address, given)).toEqual([expect.stringMatching(/^must hold no credential/)]);
    },
  );
});

describe('label matchers', () => {
  it.each([
    ['{job="api"}', true],
    ['up{job="api"', true],
    ['job=api', false],
    ['path=~"/a{2}" job="api"', false],
  ])('%s are refused; it is about their braces: %s', (given, braces) => {
    const [message] = saidOf(selector, given);
    expect(message).toMatch(braces ? /env="live" and without braces: / : /env="live": /);
  });
});
