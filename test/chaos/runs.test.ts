import { expect, it } from '@jest/globals';
import { playInProcesses } from '../../chaos/workers.ts';

// In processes of their own, without Jest's transforms. 300 incidents: test/integration/chaos.test.ts.
it('two processes play the same incidents as one, with the same hashes, and violate no invariant', async () => {
  const [one, two] = [
    await playInProcesses({ runs: 2, seed: 50, workers: 1 }),
    await playInProcesses({ runs: 2, seed: 50, workers: 2 }),
  ];
  expect(two).toEqual(one);
  expect([one.runs, one.violations, one.trace]).toEqual([2, [], expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(one.trace).not.toBe((await playInProcesses({ runs: 1, seed: 50, workers: 1 })).trace);
});
