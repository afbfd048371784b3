import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { itPackagesAlarmsAndRules } from '../package/observing.ts';
import { describePackage } from '../package/stage.ts';
import { osls, type Packaged, packageStage, remove, root, runOsls } from '../support/packaged.ts';
import { projectCopy } from '../support/project-copy.ts';

jest.setTimeout(400_000);

const services = ['api', 'search-api'];
const Staging = z.looseObject({
  services: z.record(z.string(), z.looseObject({ service: z.string(), account: z.string().optional() })),
});

describePackage('staging');

describe('a stage that somebody adds as a file in config/, with two services', () => {
  const project = projectCopy();
  let packaged: Packaged;
  beforeAll(() => {
    writeFileSync(join(project, 'config/canary.yml'), canary());
    packaged = packageStage('canary', project);
  });
  it('packages nothing of a faulty file, and says where the fault is with exit code 2', () => {
    const url = 'https://1234567:made-up-token@prometheus.example/api/prom';
    const faulty = canary().replace(/prometheusUrl: .*/, `prometheusUrl: ${url}`);
    writeFileSync(
      join(project, 'config/faulty.yml'),
      faulty.replace('environment: canary', 'environment: faulty'),
    );
    const { status, stdout, stderr } = runOsls('faulty', join(project, 'faulty'), project);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /config\/faulty\.yml: services\.api\.prometheusUrl: must hold no credential.*\(line \d+\)/,
      ),
    ]);
    expect(stdout + stderr).not.toContain('made-up-token');
  });

  it('packages a stage whose services are all in another account, and a template for that account beside it', () => {
    const elsewhere = Staging.parse(parse(stage('hub', services)));
    const shop = { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop' };
    for (const service of Object.values(elsewhere.services)) service.account = 'shop';
    writeFileSync(join(project, 'config/hub.yml'), stringify({ ...elsewhere, accounts: { shop } }));
    const hub = packageStage('hub', project);
    try {
      const there: unknown = JSON.parse(readFileSync(join(hub.folder, 'target-account-shop.json'), 'utf8'));
      const kinds = (resources: object) => Object.values(resources).map(({ Type }) => Type);
      const count = (all: string[], type: string) => all.filter((one) => one === type).length;
      const [here, beside] = [kinds(hub.resources), kinds(Object(there).Resources)];
      expect([count(here, 'AWS::Events::EventBus'), count(here, 'AWS::CloudWatch::CompositeAlarm')]).toEqual([
        1, 0,
      ]);
      expect(count(beside, 'AWS::CloudWatch::CompositeAlarm')).toBe(services.length);
      expect(count(beside, 'AWS::IAM::Role')).toBe(12);
      // About nothing: a statement on the stage's own services, of which it has none, would be refused by IAM.
      const roles = Object.entries(hub.resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
      expect(JSON.stringify(roles)).not.toContain('[]');
      expect(JSON.stringify(roles).match(/sts:AssumeRole"\],"Resource"/g)).toHaveLength(11);
    } finally {
      remove(hub);
    }
  });

  afterAll(() => {
    rmSync(project, { recursive: true });
    if (packaged) remove(packaged);
  });

  itPackagesAlarmsAndRules(() => packaged);
});

it('packages nothing for a stage that has no configuration, and names those that have', () => {
  expect(() => osls('nowhere', join(tmpdir(), 'nowhere'))).toThrow(
    /stage: "nowhere" has no file in config\/; allowed: production, staging/,
  );
});

const canary = () => stage('canary', services);

/** Staging's file under another name, its one service under each of these names. */
function stage(environment: string, services: readonly string[]): string {
  const staging = Staging.parse(parse(readFileSync(join(root, 'config/staging.yml'), 'utf8')));
  const [service] = Object.values(staging.services);
  const named = services.map((name) => [name, { ...service, service: name }]);
  return stringify({ ...staging, environment, services: Object.fromEntries(named) });
}
