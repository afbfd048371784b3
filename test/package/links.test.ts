import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { dashboard } from '../../resources/dashboard.ts';
import { serviceAlarms } from '../../resources/service-alarms.ts';
import type { Config } from '../../shared/config/schema.ts';
import { production } from '../support/builders.ts';

const Described = z.object({ AlarmName: z.string(), AlarmDescription: z.object({ 'Fn::Sub': z.string() }) });

/** The descriptions of all alarms as people read them, by the alarm's name. */
function descriptions(config: Config): Map<string, string> {
  const machine = `arn:aws-us-gov:states:${config.region}:123456789012:stateMachine:emergency-scaling-${config.environment}`;
  return new Map(
    Object.values(serviceAlarms(config))
      .filter(({ Type }) => Type.endsWith('Alarm'))
      .map(({ Properties }) => Described.parse(Properties))
      .map(({ AlarmName, AlarmDescription: { 'Fn::Sub': text } }) => [
        AlarmName,
        text.replaceAll(/\$\{EmergencyScaling\}/g, machine).replaceAll('${!', '${'),
      ]),
  );
}

it.each([
  ['ap-southeast-1', 'https://ap-southeast-1.console.aws.amazon.com'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn'],
])('in %s every alarm links to the console at %s', (region, at) => {
  const all = descriptions({ ...production, region });
  expect(all.size).toBe(8);
  const name = Object(dashboard(production).Properties).DashboardName;
  for (const text of all.values()) {
    const [, shown, runs, ...rest] = text.split('\n');
    expect(rest).toEqual([]);
    expect(shown).toBe(`Dashboard: ${at}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`);
    expect(runs).toMatch(`Runs: ${at}/states/home?region=${region}#/statemachines/view/arn:`);
    expect(runs).toMatch(/:stateMachine:emergency-scaling-production$/);
  }
});

it('says first what the alarm means', () => {
  const all = descriptions(production);
  expect(all.get('buywhere-api-APIDown')).toMatch(
    /^Runbook alert APIDown \(critical\): .+\. Section: Quick Reference\n/,
  );
  expect(all.get('buywhere-api-hurting')).toMatch(/^Users of buywhere-api notice it\..+ by hand\.\n/);
});

it('links to the runbook where the configuration says where it is, and stays within what CloudWatch takes', () => {
  const runbookUrl = `https://wiki.example/${'r'.repeat(371)}/\${x}`;
  const config = { ...production, environment: 'e'.repeat(29), region: 'ap-southeast-1', runbookUrl };
  for (const text of descriptions(config).values()) {
    expect(text.split('\n')[1]).toBe(`Runbook: ${runbookUrl}`);
    expect(text.length).toBeLessThanOrEqual(1024);
  }
});
