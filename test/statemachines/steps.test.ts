import { expect, it } from '@jest/globals';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { approvalReminder } from './steps/approval-reminder.ts';
import { configureAutoscaling } from './steps/configure-autoscaling.ts';
import { emergencyScaling } from './steps/emergency-scaling.ts';
import { pgbouncerEmergency } from './steps/pgbouncer-emergency.ts';
import { preflight } from './steps/preflight.ts';
import { redisEmergency } from './steps/redis-emergency.ts';
import { rollback } from './steps/rollback.ts';
import { scaleIn } from './steps/scale-in.ts';
import { stepsOf } from './steps/text.ts';

const tables = {
  'approval-reminder': approvalReminder,
  'configure-autoscaling': configureAutoscaling,
  'emergency-scaling': emergencyScaling,
  'pgbouncer-emergency': pgbouncerEmergency,
  preflight,
  'redis-emergency': redisEmergency,
  rollback,
  'scale-in': scaleIn,
};

const machines = loadDefinitions(statemachinesFolder).machines;

it('has a table for each machine', () => {
  expect([...machines.keys()]).toEqual(Object.keys(tables));
});

it.each(Object.entries(tables))('%s: each step takes, gives and goes on as its table says', (name, table) => {
  const machine = machines.get(name);
  expect(machine && stepsOf(machine)).toEqual(table);
});
