import { describe, expect, it } from '@jest/globals';
import { narrowToClusters } from '../../../resources/large/patterns.ts';
import { sharesOf } from '../../../resources/large/shares.ts';
import { bucketKey, nestedStacks, stacksOfServices } from '../../../resources/large/stacks.ts';
import { overLimits, targetOf } from '../../../resources/limits.ts';
import { serviceAlarms } from '../../../resources/service-alarms.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { production, service } from '../../support/builders.ts';

/** Production with so many services; the names do not say where a service stands. */
const withServices = (count: number, config: Config = production): Config => ({
  ...config,
  services: Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`api-${i}`, { ...service, service: `api-${i}` }]),
  ),
});
const placesOf = (config: Config) =>
  new Map(
    sharesOf(config).flatMap((one) => Object.keys(one.config.services).map((key) => [key, one.number])),
  );

describe('the stacks of a stage', () => {
  it('are one as long as it fits, with every service in it', () => {
    expect(sharesOf(withServices(25))).toEqual([{ number: undefined, config: withServices(25) }]);
    expect(nestedStacks(withServices(25))).toEqual({});
    expect(sharesOf({ ...production, services: {} })).toHaveLength(1);
  });

  it.each([26, 80, 200])('hold each of %d services once, in the order of the file', (count) => {
    const config = withServices(count);
    const shares = sharesOf(config);
    const keys = shares.flatMap((share) => Object.keys(share.config.services));
    expect(keys.toSorted()).toEqual(Object.keys(config.services).toSorted());
    expect(Object.keys(shares[0]?.config.services ?? {})).toEqual(Object.keys(config.services).slice(0, 25));
    expect(shares.every(({ config: { services } }) => Object.keys(services).length > 0)).toBe(true);
  });

  it('stay those of each service when others are added behind it, and when one behind the first ones goes', () => {
    const [before, after] = [placesOf(withServices(120)), placesOf(withServices(200))];
    for (const [key, number] of before) expect([key, after.get(key)]).toEqual([key, number]);
    const fewer = withServices(120);
    delete fewer.services['api-70'];
    for (const [key, number] of placesOf(fewer)) expect([key, before.get(key)]).toEqual([key, number]);
    // Known numbers: others would move the alarms of stages that are deployed.
    expect(['api-25', 'api-26', 'api-27'].map((key) => before.get(key))).toMatchInlineSnapshot(`
[
  14,
  9,
  5,
]
`);
  });
});

describe('a stack beside that of the stage', () => {
  const config = withServices(200);
  const stacks = stacksOfServices(config);

  it('refers only to what is in it and to what the stage hands on', () => {
    for (const { template } of stacks) {
      const text = JSON.stringify(template.Resources);
      const named = [
        ...[...text.matchAll(/"Ref":"([\w:]+)"/g)].map(([, id = '']) => id),
        ...[...text.matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)].map(([, id = '']) => id),
        ...[...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g)].map(([, id = '']) => id),
      ];
      const known = [...Object.keys(template.Resources), ...Object.keys(Object(template.Parameters))];
      expect(named.filter((id) => !id.startsWith('AWS::') && !known.includes(id))).toEqual([]);
      const parameters = Object.keys(Object(template.Parameters));
      expect(parameters.filter((id) => !named.includes(id))).toEqual([]);
    }
  });

  it('is handed exactly what it asks for, and found by what is in it', () => {
    const nested = nestedStacks(config);
    expect(Object.keys(nested)).toEqual(stacks.map(({ id }) => id));
    for (const { id, template } of stacks) {
      const { TemplateURL, Parameters } = nested[id]?.Properties ?? {};
      expect(Object.keys(Object(Parameters))).toEqual(Object.keys(Object(template.Parameters)));
      expect(Object(TemplateURL)['Fn::Sub']).toContain(
        `/${bucketKey('production', id, JSON.stringify(template))}`,
      );
    }
    expect(bucketKey('production', 'Services1', 'a')).not.toBe(bucketKey('production', 'Services1', 'b'));
  });

  it('has the same alarms as the stage would have, and rules whose names begin as the role asks for it', () => {
    const all = Object.assign({}, ...stacks.map(({ template }) => template.Resources));
    const [, ...others] = sharesOf(config);
    for (const share of others)
      for (const [id, { Type, Properties }] of Object.entries(serviceAlarms(share.config))) {
        const { AlarmDescription: _, Targets: __, ...same } = Properties;
        expect(all[id]).toMatchObject({ Type, Properties: same });
        if (Type !== 'AWS::Events::Rule') continue;
        expect(all[id].Properties.Name).toMatch(/^emergency-scaling-production-.{1,35}$/);
        expect(all[id].Properties.Targets).toEqual([
          expect.objectContaining({
            Arn: { Ref: 'EmergencyScaling' },
            RoleArn: { Ref: 'AlarmRuleRole' },
            DeadLetterConfig: { Arn: { Ref: 'UndeliveredAlarms' } },
          }),
        ]);
      }
  });

  it('has a rule with a name that EventBridge takes where the key is long, and links to its own dashboard', () => {
    const long = withServices(25);
    const key = 'k'.repeat(200);
    long.services[key] = { ...service, key };
    const [stack] = stacksOfServices(long);
    const resources = Object.values(stack?.template.Resources ?? {});
    const rule = resources.find(({ Type }) => Type === 'AWS::Events::Rule');
    expect(rule?.Properties.Name).toMatch(/^emergency-scaling-production-[0-9a-f]{16}$/);
    const dashboard = resources.find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
    const name = String(dashboard?.Properties.DashboardName);
    expect(name).toBe(`emergency-scaling-production-services-${stack?.id.slice('Services'.length)}`);
    expect(JSON.stringify(resources)).toContain(`#dashboards/dashboard/${name}\\n`);
  });

  it('is within the limits of AWS for 200 services, and refused with the number for far more', () => {
    const over = (count: number) =>
      stacksOfServices(withServices(count)).flatMap(({ template }) =>
        overLimits(template, targetOf(production)),
      );
    expect(over(200)).toEqual([]);
    expect(over(1500)).toContainEqual(
      expect.stringMatching(/^the template: \d{3} resources, AWS allows 500$/),
    );
    expect(over(1500)).toContainEqual(
      expect.stringMatching(/^the dashboard Dashboard: \d{3} widgets, AWS allows 500$/),
    );
  });
});

describe('the rights of a role', () => {
  const arn = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:ecs:\${AWS::Region}:1:${rest}` });
  const roleOn = (Resource: unknown[]) => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyDocument: { Statement: [{ Action: ['a'], Resource }] } }] },
    },
  });
  const narrowed = (Resource: unknown[]) => {
    const resources = roleOn(Resource);
    narrowToClusters(resources, targetOf(production));
    return resources.Role.Properties.Policies[0]?.PolicyDocument.Statement[0]?.Resource;
  };
  const many = Array.from({ length: 300 }, (_, i) => i);

  it('stay exact where the list is short enough for IAM', () => {
    const exact = many.slice(0, 60).map((i) => arn(`service/shop/api-${i}`));
    expect(narrowed(exact)).toEqual(exact);
  });

  it('are one pattern for each cluster, and no further, where it is not', () => {
    const services = many.map((i) => arn(`service/${i % 2 ? 'shop' : 'shop-2'}/api-${i}`));
    const parts = many.map((i) => arn(`service-revision/shop/api-${i}/*`));
    const deployments = many.map((i) => arn(`service-deployment/shop/api-${i}/*`));
    const untouched = [arn('task/shop/*'), arn('cluster/shop'), { Ref: 'Notices' }];
    expect(narrowed([...services, ...parts, ...deployments, ...untouched])).toEqual([
      arn('service/shop-2/*'),
      arn('service/shop/*'),
      arn('service-revision/shop/*'),
      arn('service-deployment/shop/*'),
      ...untouched,
    ]);
  });

  it('are one pattern for each alert of the runbook, for the alarms that are read', () => {
    const alarms = many.flatMap((i) => [arn(`alarm:api-${i}-HighCPU`), arn(`alarm:api-${i}-APIDown`)]);
    expect(narrowed([...alarms, arn('alarm:api-hurting')])).toEqual([
      arn('alarm:*-HighCPU'),
      arn('alarm:*-APIDown'),
      arn('alarm:api-hurting'),
    ]);
  });
});
