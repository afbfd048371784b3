import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Mutant, Outcome } from './mutant.ts';
import type { Said, Task } from './worker.ts';

/** Longer than all tests of an area take on a busy machine. */
const patienceMilliseconds = 240_000;
/** Modules that were loaded for a mutant stay in memory: those of a function's tests are few. */
const perProcess = { template: 30, roles: 30, machines: 30, functions: 200 };

/** A process that measures, in a folder of its own. */
export interface Seat {
  project: string;
  task: Task;
}

interface Ready {
  child: ChildProcess;
  mutants: Mutant[];
}

/**
 * Starts a process and waits until all of its tests have passed without a mutant.
 * @throws Error when one of them fails, since nothing can be measured then.
 */
function start({ project, task }: Seat): Promise<Ready> {
  const register = join(project, 'test/jest/register.js');
  const child = fork(join(project, 'test/mutation/wiring/worker.ts'), [task.area, task.folder], {
    cwd: project,
    execArgv: ['--import', register, '--stack-trace-limit=0'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the process of ${task.area} ended with ${code}`)));
    child.once('message', (said: Said) => {
      if (!('ready' in said)) return;
      if (said.failing.length === 0) return resolve({ child, mutants: said.mutants });
      child.disconnect();
      reject(new Error(`${task.area}: without a mutant these fail: ${said.failing.join('; ')}`));
    });
  });
}

/** What the tests of an area say of each mutant that is chosen among all, on as many processes as there are seats. */
export async function measured(
  seats: readonly Seat[],
  choose: (all: Mutant[]) => Mutant[],
  onOutcome: (outcome: Outcome) => void,
): Promise<{ all: Mutant[]; outcomes: Outcome[] }> {
  const [first, ...others] = seats;
  if (!first) throw new Error('nobody measures');
  const begun = await start(first);
  const left = choose(begun.mutants);
  const outcomes: Outcome[] = [];
  const work = async (seat: Seat, ready?: Ready) => {
    let present = ready;
    for (let done = 0; left.length > 0; done++) {
      if (done > 0 && done % perProcess[seat.task.area] === 0) present = end(present);
      present ??= await start(seat);
      const mutant = left.shift();
      if (!mutant) break;
      const outcome = await ask(present.child, mutant);
      if (outcome.foundBy === 'time-out') present = end(present);
      outcomes.push(outcome);
      onOutcome(outcome);
    }
    end(present);
  };
  await Promise.all([work(first, begun), ...others.map((seat) => work(seat))]);
  return { all: begun.mutants, outcomes };
}

function end(ready: Ready | undefined): undefined {
  ready?.child.removeAllListeners();
  ready?.child.kill('SIGKILL');
}

/** A mutant that makes a test run without end is found by the time-out, as by whoever waits for the tests. */
function ask(child: ChildProcess, mutant: Mutant): Promise<Outcome> {
  const since = performance.now();
  const outcome = (foundBy?: string): Outcome => ({
    ...mutant,
    ...(foundBy === undefined ? {} : { foundBy }),
    milliseconds: Math.round(performance.now() - since),
  });
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(outcome('time-out')), patienceMilliseconds);
    const answered = (foundBy?: string) => {
      clearTimeout(late);
      child.removeAllListeners();
      resolve(outcome(foundBy));
    };
    child.once('message', (said: Said) => answered('key' in said ? said.foundBy : undefined));
    // A process that a mutant has ended is no survivor.
    child.once('exit', () => answered('time-out'));
    child.send(mutant.key);
  });
}
