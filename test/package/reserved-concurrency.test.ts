import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { checkConfig } from '../../shared/config/config.ts';
import type { Config } from '../../shared/config/schema.ts';
import { production } from '../support/builders.ts';
import { root } from '../support/packaged.ts';

const require = createRequire(import.meta.url);
const ReservedConcurrency = require(join(root, 'reserved-concurrency.cjs'));
const { describeStage } = require(join(root, 'stage.cjs'));

const checked = (reservedConcurrency: unknown) => checkConfig({ ...production, reservedConcurrency });

/** What is reserved for each function after the plugin has seen them. */
function reserved(reservedConcurrency: unknown) {
  const found = checked(reservedConcurrency);
  if ('faults' in found) throw new Error(found.faults.map(({ message }) => message).join());
  const config: Config = found.config;
  const functions: Record<string, { reservedConcurrency?: number }> = {
    approval: { reservedConcurrency: 10 },
    'alert-webhook': { reservedConcurrency: 10 },
    plan: {},
  };
  const { hooks } = new ReservedConcurrency({
    service: { functions, custom: { stage: describeStage(config) } },
  });
  hooks['before:package:compileFunctions']();
  return functions;
}

it('is what serverless.yml says where the configuration says nothing', () => {
  const asItIs = {
    approval: { reservedConcurrency: 10 },
    'alert-webhook': { reservedConcurrency: 10 },
    plan: {},
  };
  expect(reserved(undefined)).toEqual(asItIs);
  expect(reserved({})).toEqual(asItIs);
});

it('is what the configuration says, for each of the two functions by itself, or nothing', () => {
  expect(reserved({ approval: 2, 'alert-webhook': 'none' })).toEqual({
    approval: { reservedConcurrency: 2 },
    'alert-webhook': {},
    plan: {},
  });
  expect(reserved({ 'alert-webhook': 40 })).toEqual({
    approval: { reservedConcurrency: 10 },
    'alert-webhook': { reservedConcurrency: 40 },
    plan: {},
  });
});

it.each([
  // With 0 Lambda would run the function never.
  [{ approval: 0 }, 'reservedConcurrency.approval: must be 1 to 1,000 executions at once, or none'],
  [{ approval: 1001 }, 'reservedConcurrency.approval: must be 1 to 1,000 executions at once, or none'],
  [{ approval: 'all' }, 'reservedConcurrency.approval: must be 1 to 1,000 executions at once, or none'],
  [{ plan: 5 }, 'reservedConcurrency: unknown key "plan"; allowed: approval, alert-webhook'],
])('is refused as %j', (value, fault) => {
  const found = checked(value);
  expect('faults' in found && found.faults.map(({ key, message }) => `${key}: ${message}`)).toEqual([fault]);
});
