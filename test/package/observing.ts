import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { alarmName, alertNames } from '../../shared/alerts/catalogue.ts';
import { ofType, type Packaged } from '../support/packaged.ts';

const Rule = z.object({
  EventPattern: z
    .object({ source: z.array(z.string()), detail: z.object({ alarmName: z.array(z.string()).optional() }) })
    .optional(),
  Targets: z.array(z.object({ DeadLetterConfig: z.object({ Arn: z.unknown() }) })),
});

/** Alarms, the rules that act on them, and what is kept when something fails. */
export function itPackagesAlarmsAndRules(of: () => Packaged): void {
  const services = () => Object.values(of().config.services).map(({ service }) => service);
  const alarms = () => ofType(of(), 'AWS::CloudWatch::Alarm').map(([, properties]) => properties);
  const own = (alarm: Record<string, unknown>) =>
    String(alarm.AlarmName).startsWith(`emergency-scaling-${of().stage}-`);

  it('holds the alarms of every configured service, and a rule that starts a run for exactly these', () => {
    const expected = services().flatMap((service) => alertNames.map((alert) => alarmName(service, alert)));
    const names = alarms()
      .filter((alarm) => !own(alarm))
      .map(({ AlarmName }) => AlarmName);
    const ruled = ofType(of(), 'AWS::Events::Rule').flatMap(
      ([, properties]) => Rule.parse(properties).EventPattern?.detail.alarmName ?? [],
    );
    expect(names.sort()).toEqual(expected.sort());
    expect(ruled.sort()).toEqual(expected.sort());
  });

  it('says of every alarm how silence is to be taken, and tells people of what fails in the product itself', () => {
    const silent = alarms().filter(({ TreatMissingData }) => TreatMissingData === undefined);
    expect(silent).toEqual([]);
    const telling = { AlarmActions: [{ Ref: 'Notices' }], OKActions: [{ Ref: 'Notices' }] };
    expect(alarms().filter(own).length).toBeGreaterThan(5);
    for (const alarm of alarms().filter(own)) expect(alarm).toMatchObject(telling);
    const hurting = ofType(of(), 'AWS::CloudWatch::CompositeAlarm').map(([, properties]) => properties);
    expect(hurting).toHaveLength(services().length);
    for (const alarm of hurting) expect(alarm).toMatchObject(telling);
  });

  it('says what each alarm on the product means, and where to look then, within what CloudWatch takes', () => {
    const console = `https://${of().config.region}.console.aws.amazon.com`;
    for (const { AlarmName, AlarmDescription } of alarms().filter(own)) {
      const [meaning, shown, runs, ...rest] = String(Object(AlarmDescription)['Fn::Sub']).split('\n');
      expect([AlarmName, meaning, rest]).toEqual([AlarmName, expect.stringMatching(/^[A-Za-z].*\.$/), []]);
      expect(shown).toContain(`Dashboard: ${console}/`);
      expect(shown).toContain(`#dashboards/dashboard/emergency-scaling-${of().stage}`);
      expect(runs).toMatch(/^Runs: .*\/view\/\$\{EmergencyScaling\}$/);
      // A runbook's address may add 400 characters, and an ARN more than its name.
      expect(`${meaning}${shown}${runs}`.length).toBeLessThan(1024 - 400 - 120);
    }
  });

  it('keeps every event that no rule could deliver in a queue, and watches each queue', () => {
    const rules = ofType(of(), 'AWS::Events::Rule').map(([, properties]) => Rule.parse(properties));
    const queues = ofType(of(), 'AWS::SQS::Queue').map(([id]) => id);
    const used = rules.flatMap(({ Targets }) => Targets.map(({ DeadLetterConfig }) => DeadLetterConfig.Arn));
    expect(rules.length).toBe(services().length + 3);
    for (const arn of used) expect(queues.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }))).toContainEqual(arn);
    for (const id of queues)
      expect(JSON.stringify(alarms())).toContain(JSON.stringify({ 'Fn::GetAtt': [id, 'QueueName'] }));
  });

  it('has a dashboard that refers only to what is in the package', () => {
    const [[, properties] = []] = ofType(of(), 'AWS::CloudWatch::Dashboard');
    const { 'Fn::Sub': body } = z
      .object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) })
      .parse(properties).DashboardBody;
    const named = [...body.matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)].map(([, id = '']) => id);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((id) => !(id in of().resources) && id !== 'AWS::Region')).toEqual([]);
  });
}
