import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it, jest } from '@jest/globals';
import { packageStage, remove } from '../support/packaged.ts';
import { projectCopy } from '../support/project-copy.ts';

jest.setTimeout(400_000);

const project = projectCopy();
const file = join(project, 'config/production.yml');
const text = readFileSync(file, 'utf8');

afterAll(() => rmSync(project, { recursive: true }));

// What a Region of the first partition gets is the package of production, which has the same check.
it.each([
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['cn-north-1', 'console.amazonaws.cn'],
])('packages for %s, and names no partition and no console but its own', (region, consoleHost) => {
  writeFileSync(file, text.replace(/^region: .*$/m, `region: ${region}`));
  const packaged = packageStage('production', project);
  const template = JSON.stringify(packaged.resources);
  remove(packaged);

  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
  expect(template).toContain('arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken');
  expect(template.match(/arn:aws[\w-]*:/g) ?? []).toEqual([]);
  const hosts = template.match(/console\.(aws\.amazon|amazonaws)[\w.-]+/g) ?? [];
  expect(hosts.filter((host) => host !== consoleHost)).toEqual([]);
});
