import { amid } from '../generate/circumstances.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { plant } from './plant.ts';

/**
 * A process of its own. With the name of a mutation: plants it and plays seed after seed until an invariant is violated.
 * Without: plays with sound code what it is sent, which must not violate anything.
 */
const [name = '', seed = '1', runs = '1'] = process.argv.slice(2);
const mutation = mutations.find((one) => one.name === name);

// Whoever started this is gone: nobody hears the answer.
process.on('disconnect', () => process.exit(1));

const { planted, isIn } = mutation ? plant(mutation) : { planted: {}, isIn: () => true };
const { check } = await import('../checkers/all.ts');
const { incidentOf } = await import('../generate/generate.ts');
const { playIncident } = await import('../play.ts');
const { warmUp } = await import('../replay.ts');
if (!isIn()) throw new Error(`"${name}" is not planted: its file was loaded before, or by nobody`);

const violationsAt = async (of: Mutation, at: number) =>
  check(await playIncident(amid(incidentOf(at), of.amid), at, planted)).violations;

if (mutation) await hunt(mutation, Number(seed), Number(runs));
else {
  await warmUp();
  process.on('message', async ({ name: of, seed: at }: { name: string; seed: number }) => {
    const one = mutations.find((each) => each.name === of);
    process.send?.({ violations: one ? await violationsAt(one, at) : [] });
  });
  process.send?.({ ready: true });
}

async function hunt(of: Mutation, from: number, most: number): Promise<void> {
  for (let index = 0; index < most; index++) {
    const [violation] = await violationsAt(of, from + index);
    if (!violation) continue;
    process.send?.({ runs: index + 1, seed: from + index, violation }, () => process.exit(0));
    return;
  }
  process.send?.({ runs: most }, () => process.exit(0));
}
