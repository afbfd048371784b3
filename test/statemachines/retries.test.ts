import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { statemachinesFolder } from '../../sandbox/config-files.ts';

/** How what a state repeats is written in statemachines/shared/retries.yml. */
const repeated = (errors: string[], seconds: number, times: number, most: number) => ({
  ErrorEquals: errors,
  IntervalSeconds: seconds,
  MaxAttempts: times,
  BackoffRate: 2,
  MaxDelaySeconds: most,
  JitterStrategy: 'FULL',
});

const ofLambda = (...names: string[]) => names.map((name) => `Lambda.${name}`);
const died = [...ofLambda('ServiceException', 'AWSLambdaException', 'SdkClientException')];
const tooMany = ofLambda('TooManyRequestsException');
const network = ofLambda('ResourceNotReadyException', 'ENINotReadyException', 'EC2ThrottledException');
const ends = [...ofLambda('Unknown'), 'Sandbox.Timedout', 'WriteConflictError'];

/** A function that died, or that others kept from writing: five times within a minute. */
const faults = repeated(
  [...ofLambda('ClientExecutionTimeoutException'), ...died, ...ends, 'States.Timeout'],
  1,
  5,
  20,
);

/** By kind of state. Where AWS lets nothing through: ten minutes beside a run, two hours where looking again can wait. */
const expected = {
  lambda: [faults, repeated(['ThrottledError', ...tooMany, ...network], 2, 60, 10)],
  admission: [faults, repeated([...tooMany, ...network], 2, 60, 10)],
  preflight: [faults, repeated(['ThrottledError', ...tooMany], 10, 5, 60)],
  poll: [faults, repeated(['ThrottledError', ...tooMany, ...network], 90, 60, 120)],
  notice: [
    {
      ErrorEquals: [...died, ...tooMany, ...ofLambda('Unknown'), 'WriteConflictError'],
      IntervalSeconds: 1,
      MaxAttempts: 1,
      MaxDelaySeconds: 1,
      JitterStrategy: 'FULL',
    },
  ],
  callback: [
    repeated([...ofLambda('ClientExecutionTimeoutException'), ...died, ...tooMany, ...ends], 1, 5, 20),
  ],
};

it('repeats what each kind of state may repeat, as often and for as long as it may', () => {
  const text = readFileSync(`${statemachinesFolder}/shared/retries.yml`, 'utf8');
  expect(parse(text, { merge: true })).toEqual(expected);
});
