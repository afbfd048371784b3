import { describe, expect, it } from '@jest/globals';
import { fittedTable } from '../../../local/display/fitted-table.ts';

const rows = [
  ['taskRoles', 'checkout-api-task', 'task definitions'],
  [
    'iam.permissionsBoundary',
    'boundary-of-emergency-scaling-ap-southeast-1',
    'iam/deploying-role.yml makes it',
  ],
  ['notices', '', 'SNS alone, until you switch PagerDuty or a chat on, which takes a secret for each'],
  ['approval', 'staging', ''],
];

describe('a table', () => {
  it.each([undefined, 160])('stays one where %s columns are enough', (columns) => {
    const [first, , , last] = fittedTable(rows, columns).split('\n');
    expect(first).toMatch(/^taskRoles +checkout-api-task +task definitions$/);
    expect(last).toMatch(/^approval +staging$/);
  });

  it('is told row by row in a narrow terminal, and no line is longer than that', () => {
    expect(fittedTable(rows, 60).split('\n')).toEqual([
      'taskRoles  checkout-api-task',
      '    task definitions',
      'iam.permissionsBoundary',
      '    boundary-of-emergency-scaling-ap-southeast-1',
      '    iam/deploying-role.yml makes it',
      'notices',
      '    SNS alone, until you switch PagerDuty or a chat on,',
      '    which takes a secret for each',
      'approval   staging',
    ]);
  });
});
