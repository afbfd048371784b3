import { isRareName } from './generate/circumstances.ts';
import { warmUp } from './replay.ts';
import { emptySummary, playSeed, plus } from './report/summary.ts';

/** A process of its own, because virtual time replaces the globals: plays every `step`th seed and reports now and then. */
const [from = 0, count = 0, step = 1, until = Number.POSITIVE_INFINITY] = process.argv
  .slice(2, 6)
  .map(Number);
const within = process.argv.slice(6).filter(isRareName);
const reportEvery = 20;

await warmUp();
let summary = emptySummary();
for (let index = 0; index < count && performance.timeOrigin + performance.now() < until; index++) {
  summary = plus(summary, await playSeed(from + index * step, within));
  if (summary.runs < reportEvery) continue;
  process.send?.(summary);
  summary = emptySummary();
}
process.send?.(summary, () => process.exit(0));
