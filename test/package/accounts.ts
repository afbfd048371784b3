import { expect, it } from '@jest/globals';
import { alarmBus } from '../../resources/accounts/bus.ts';
import { overLimits } from '../../resources/limits.ts';
import { functionNames } from '../../resources/names.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import type { Packaged } from '../support/packaged.ts';
import { ofType, statements } from '../support/packaged.ts';
import { bus, busPolicy, hubRole, parameters, trustOf } from './accounts/expected.ts';
import { askOfSts, asksThere, beside, moved, packagedWith, shop, templateOf } from './accounts/stage.ts';
import type { Asked } from './rights/asks.ts';
import { faultsOf, type Role, rolesOf } from './rights/check.ts';
import { mutantsOf } from './rights/mutants.ts';

const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What a stage and another account hold when the stage looks after services there. */
export function itLooksAfterOtherAccounts(of: () => Packaged): void {
  const there = (config = moved(of())) => ({ ...of(), resources: templateOf(config).Resources });

  /** The roles of the other account, with what the code of their functions asks there. */
  async function rolesThere(packaged: Packaged): Promise<Role[]> {
    const all = functionNames().map(async (name) => ({ name, asked: await asksThere(of(), name) }));
    return (await Promise.all(all))
      .filter(({ asked }) => asked.length > 0)
      .map(({ name, asked }) => ({
        id: `${pascal(name)}Role`,
        statements: statements(packaged, `${pascal(name)}Role`),
        asked,
      }));
  }

  /** The roles of the stage whose functions call there. */
  async function callers(packaged: Packaged): Promise<Role[]> {
    const config = beside(of());
    const asks = functionNames().map(
      async (name): Promise<[string, Asked[]]> => [`${pascal(name)}Role`, await askOfSts(of(), name, config)],
    );
    const more = new Map(await Promise.all(asks));
    return (await rolesOf(packaged)).map((role) => ({
      ...role,
      asked: [...role.asked, ...(more.get(role.id) ?? [])],
    }));
  }

  const faultsIn = async (packaged: Packaged, roles: Role[]) =>
    (await Promise.all(roles.map((role) => faultsOf(packaged, role)))).flat();
  const unseen = async (packaged: Packaged, roles: Role[]) => {
    const mutants = roles.flatMap(mutantsOf);
    const found = await Promise.all(mutants.map(async ({ role }) => (await faultsOf(packaged, role)).length));
    return { all: mutants.length, unseen: mutants.filter((_, i) => !found[i]).map(({ change }) => change) };
  };

  it('allows every call in another account on its services, and nothing that no call needs', async () => {
    const roles = await rolesThere(there());
    expect(roles).toHaveLength(11);
    expect(await faultsIn(there(), roles)).toEqual([]);
    const mutants = await unseen(there(), roles);
    expect(mutants.all).toBeGreaterThan(200);
    expect(mutants.unseen).toEqual([]);
  });

  it('lets each function of the stage take its own role there, and no other', async () => {
    const packaged = packagedWith(of(), beside(of()));
    const roles = await callers(packaged);
    expect(roles.filter(({ asked }) => asked.some(({ action }) => action === 'sts:AssumeRole'))).toHaveLength(
      11,
    );
    expect(await faultsIn(packaged, roles)).toEqual([]);
    expect((await unseen(packaged, roles)).unseen).toEqual([]);
  });

  it('reads only with the roles there of those that read only here', () => {
    for (const name of ['assess', 'intake', 'read-autoscaling', 'wait-verify'])
      expect(
        statements(there(), `${pascal(name)}Role`)
          .flatMap(({ Action }) => Action)
          .filter((action) => !/:(Describe|Get|List)/.test(action)),
      ).toEqual([]);
  });

  it('lets in exactly the role of the function, with the external id; under the boundary and the path asked for', () => {
    const config = moved(of());
    const { AlarmsRole, ...roles } = Object.fromEntries(ofType(there(), 'AWS::IAM::Role'));
    for (const [id, role] of Object.entries(roles)) {
      expect(role?.AssumeRolePolicyDocument).toEqual(trustOf(hubRole(id, config)));
      expect(role).toMatchObject({ Path: '/scaling/', PermissionsBoundary: expect.anything() });
      // The stage's own role has the name by which it is trusted.
      expect(packagedWith(of(), config).resources[id]?.Properties?.RoleName).toBe(hubRole(id, config));
    }
    expect(AlarmsRole).toMatchObject({ Path: '/scaling/', PermissionsBoundary: expect.anything() });
  });

  it('has the alarms there, and sends their events to the one bus, which takes them from that account alone', () => {
    const config = moved(of());
    const names = Object.values(config.services).flatMap((service) =>
      alarmsOf(service, config).map(({ AlarmName }) => AlarmName),
    );
    const alarms = ofType(there(), 'AWS::CloudWatch::Alarm').map(([, { AlarmName }]) => AlarmName);
    expect(alarms).toEqual(names);
    const sending = ofType(there(), 'AWS::Events::Rule').map(([, properties]) => properties);
    const starting = Object.values(alarmBus(config)).filter(({ Type }) => Type === 'AWS::Events::Rule');
    expect(sending).toHaveLength(starting.length);
    for (const { Targets } of sending)
      expect(Targets).toEqual([expect.objectContaining({ Arn: bus(config), RoleArn: expect.anything() })]);
    const own = { account: [shop.account], region: [shop.region] };
    for (const [i, { Properties }] of starting.entries()) {
      expect(Properties).toMatchObject({ EventBusName: { Ref: 'AlarmBus' } });
      expect(Properties.EventPattern).toEqual({ ...Object(sending[i]?.EventPattern), ...own });
    }
    expect(alarmBus(config).AlarmBusPolicy?.Properties).toEqual(busPolicy);
    expect(statements(there(), 'AlarmsRole')).toEqual([
      { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus(config)] },
    ]);
  });

  it('refers only to what is in the template there, within the limits of CloudFormation and IAM', () => {
    const { Resources, Parameters } = templateOf(moved(of()));
    expect(Object.keys(Object(Parameters))).toEqual(parameters);
    const text = JSON.stringify(Resources);
    const named = [
      ...[...text.matchAll(/"Ref":"([\w:]+)"/g)].map(([, id]) => id ?? ''),
      ...[...text.matchAll(/\$\{([\w:]+)(\.\w+)?\}/g)].map(([, id]) => id ?? ''),
      ...[...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g)].map(([, id]) => id ?? ''),
    ].filter((id) => !id.startsWith('AWS::') && id !== 'Hub');
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((id) => !(id in Resources) && !parameters.includes(id))).toEqual([]);
    const target = { partition: 'aws', region: shop.region, stack: 'emergency-scaling-there' };
    expect(overLimits({ Resources }, target)).toEqual([]);
    expect(text).not.toMatch(/\$\{(self|sls|there|file)[:(]/);
  });

  it('is as it was where no other account is named', () => {
    expect(packagedWith(of(), of().config).resources).toEqual(of().resources);
  });
}
