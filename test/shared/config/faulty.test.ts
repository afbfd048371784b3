import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { functionNames } from '../../../resources/names.ts';
import { parseConfigText } from '../../../shared/config/read-config.ts';
import { longestEnvironment } from '../../../shared/config/schema.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'config/production.yml'), 'utf8');
const file = 'config/production.yml';
const service = 'services.buywhere-api';

/** The file with the value of a key's first line replaced, and the number of that line. */
function withLine(start: string, value: string): { changed: string; line: number } {
  const lines = text.split('\n');
  const index = lines.findIndex((one) => one.trimStart().startsWith(start));
  if (index < 0) throw new Error(`no line begins with ${start}`);
  const old = lines[index] ?? '';
  lines[index] = `${old.slice(0, old.indexOf(start))}${start} ${value}`;
  return { changed: lines.join('\n'), line: index + 1 };
}

function refusalOf(changed: string): string {
  try {
    parseConfigText(changed, file);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'taken';
}

const password = 'made-up-token';
const credential = `https://1234567:${password}@prometheus.example/api/prom`;

/** The start of a line, a faulty value, and what the refusal says. */
const faults: [string, string, string][] = [
  [
    'cluster:',
    'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
    `${service}.cluster: must be the name, not the ARN: shop`,
  ],
  ['cluster:', 'my cluster', `${service}.cluster: must be 1 to 255 letters`],
  ['cluster:', 'a/b', `${service}.cluster: must be 1 to 255 letters`],
  [
    'loadBalancer:',
    'arn:aws:elasticloadbalancing:x:1:loadbalancer/app/shop/50dc',
    'the tail of its ARN: app/shop/50dc',
  ],
  ['loadBalancer:', 'net/shop/50dc6c495c0c9188', 'must look like app/NAME/ID'],
  ['targetGroup:', 'targetgroup/sh_op/6d0ecf831eec9f09', 'must look like targetgroup/NAME/ID'],
  ['customNamespace:', 'AWS/ECS', 'not beginning with AWS/'],
  ['customNamespace:', '"Bad*Name"', `${service}.customNamespace: must be 1 to 255`],
  ['sender:', '', 'approval.sender: is empty: fill it in (text)'],
  ['taskQuota:', '', `${service}.capacity.taskQuota: is empty: fill it in (a number)`],
  ['api:', credential, `${service}.health.api: must hold no credential`],
  ['api:', 'file:///etc/passwd', 'must begin with https://'],
  ['api:', 'http://api.buywhere.ai/health', 'say plainHttp: true'],
  ['mcp:', 'HTTP://api.buywhere.ai/health', 'say plainHttp: true'],
  ['mcp:', 'localhost', 'must be a URL such as'],
  ['prometheusUrl:', credential, `${service}.prometheusUrl: must hold no credential`],
  ['prometheusUrl:', `https://prometheus.example/?token=${password}`, 'must hold no credential'],
  ['prometheusUrl:', 'http://prometheus.example', `${service}.prometheusUrl: must begin with https://; `],
  ['metricsUrl:', 'http://api.buywhere.ai/metrics', `${service}.metricsUrl: must begin with https://; `],
  ['prometheusUrl:', 'ftp://prometheus.example', 'must begin with https://'],
  ['metricsUrl:', credential, 'Secrets belong into SSM parameters'],
  ['metricsUrl:', `https://x.example/metrics?api_key=${password}`, 'must hold no credential'],
  ['prometheusSelector:', `'{job="api"}'`, 'without braces'],
  ['prometheusSelector:', 'job=api', 'must be label matchers'],
  ['prometheusSelector:', `'job="a" environment="b"'`, 'must be label matchers'],
  ['pgbouncerSelector:', `'up{job="pgbouncer"}'`, 'without braces'],
  ['pgbouncerSelector:', `'job="a"}) or vector(1'`, 'must be label matchers'],
  ['- { name: Infrastructure,', 'email: BOLT@buywhere.ai }', 'approval.approvers.0 has the same email'],
  [
    '- { name: Infrastructure,',
    'name: DevOps Lead (Bolt), email: x@buywhere.ai }',
    'not valid YAML: duplicate key',
  ],
  ['requiredForScaleIn:', 'false', 'approval.scaleInWithoutApproval: true'],
  ['url:', `https://u:${password}@events.pagerduty.com`, 'notices.pagerDuty.url: must hold no credential'],
  ['url:', 'http://events.pagerduty.com', 'notices.pagerDuty.url: must begin with https://'],
  ['routingKeySecret:', password, 'must be the name of an SSM parameter'],
  ['region:', 'ap-southeast-1a', 'region: must be an AWS Region'],
  ['region:', '[ap-southeast-1', 'not valid YAML'],
  ['region:', '*nowhere', 'not valid YAML'],
  ['region:', `"${password}`, 'not valid YAML'],
];

describe('a configuration that cannot work', () => {
  it.each(faults)('with %s %s is refused: %s', (start, value, says) => {
    const { changed, line } = withLine(start, value);
    const refusal = refusalOf(changed);
    expect(refusal).toContain(says);
    expect(refusal).toMatch(/^config\/production\.yml: /);
    if (!says.includes('YAML')) expect(refusal).toContain(`(line ${line})`);
    expect(refusal).not.toContain(password);
    expect(refusal).not.toContain('1234567');
  });

  it('as one with a misspelt key says which is missing and which is unknown, each on its line', () => {
    const refusal = refusalOf(text.replace('taskQuota:', 'taskQouta:'));
    expect(refusal).toMatch(
      /^ {2}services\.buywhere-api\.capacity\.taskQuota: is missing \(a number\) \(line \d+\)$/m,
    );
    expect(refusal).toMatch(
      /^ {2}services\.buywhere-api\.capacity: unknown key "taskQouta"; allowed: baseline, emergency, perTask, taskQuota \(line \d+\)$/m,
    );
  });

  it('as fifty generated ones is refused, each with its key and its line', () => {
    const name = fc.constantFrom(
      'my cluster',
      'a/b',
      'ü',
      'a.b',
      '"\u200b"',
      '"a:b"',
      '"{}"',
      '""',
      '"a\\nb"',
      'arn:aws:ecs:x:1:cluster/a',
    );
    const url = fc.constantFrom(
      'http://a.example',
      'file:///x',
      'gopher://x',
      'https://u:p@x.example',
      '//x',
      'x',
      'https://',
      '7',
    );
    const number = fc.constantFrom('-1', '0.5', 'many', '"3"', '[]', '{}', '.nan', 'null');
    const fault = fc.oneof(
      fc.tuple(fc.constantFrom('cluster:', 'loadBalancer:', 'targetGroup:', 'region:', 'environment:'), name),
      fc.tuple(fc.constantFrom('api:', 'mcp:', 'prometheusUrl:', 'metricsUrl:', 'url:'), url),
      fc.tuple(
        fc.constantFrom(
          'taskQuota:',
          'heldByOthers:',
          'rounds:',
          'expiresAfterSeconds:',
          'cpuMetricSeconds:',
          'approvalsNeeded:',
        ),
        number,
      ),
    );
    let seen = 0;
    fc.assert(
      fc.property(fault, ([start, value]) => {
        const { changed, line } = withLine(start, value);
        const refusal = refusalOf(changed);
        expect(refusal).toContain(start);
        expect(refusal).toContain(`(line ${line})`);
        seen += 1;
      }),
      { numRuns: 50, seed: 3, endOnFailure: true },
    );
    expect(seen).toBe(50);
  });

  it('has two approvers whose names look the same', () => {
    const twice = text.replace('name: Infrastructure,', 'name: "ＤｅｖＯｐｓ lead (Bolt)",');
    expect(refusalOf(twice)).toContain('approval.approvers.1.name: approvers must be different people');
    expect(refusalOf(text.replace('name: Infrastructure,', 'name: "Infra\\u200b",'))).toContain(
      'approval.approvers.1.name: must be one line without invisible characters',
    );
  });

  it('has an environment that makes the names of functions too long', () => {
    const longest = Math.max(...functionNames().map((name) => name.length));
    expect(longestEnvironment).toBe(64 - 'emergency-scaling--'.length - longest);
    const named = (length: number) =>
      text.replace('environment: production', `environment: ${'e'.repeat(length)}`);
    expect(refusalOf(named(longestEnvironment))).toBe('taken');
    expect(refusalOf(named(longestEnvironment + 1))).toContain(
      `environment: must be at most ${longestEnvironment} characters`,
    );
  });
});

describe('a configuration that works', () => {
  it.each([
    [
      'merge keys',
      text.replace(
        '      emergency: { target: 50, scale',
        '      emergency: { <<: &base { scaleInCooldownSeconds: 1 }, target: 50, scale',
      ),
    ],
    [
      'plain HTTP that is meant',
      text
        .replace('https://prometheus.buywhere.ai', 'http://10.0.0.5:9090')
        .replace('    prometheusUrl:', '    plainHttp: true\n    prometheusUrl:'),
    ],
    [
      'no approval that is meant',
      text.replace('requiredForScaleIn: true', 'requiredForScaleIn: false\n  scaleInWithoutApproval: true'),
    ],
    ['GovCloud', text.replace('region: ap-southeast-1', 'region: us-gov-west-1')],
    ['China', text.replace('region: ap-southeast-1', 'region: cn-northwest-1')],
    [
      'approvers whose names are alike',
      text
        .replace('name: DevOps Lead (Bolt),', 'name: B. Weiß,')
        .replace('name: Infrastructure,', 'name: B. Weiss,'),
    ],
    ['a brace within a label', text.replace('job="buywhere-api"', 'path=~"/a{2}"')],
  ])('may have %s', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(refusalOf(changed)).toBe('taken');
  });
});
