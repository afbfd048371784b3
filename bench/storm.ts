import { parseOptions, wholeNumber } from '../cli/options.ts';
import { textTable } from '../shared/format/text.ts';
import { floorSeconds, type LimitName, limits } from './storm/limits.ts';
import { type Played, play } from './storm/play.ts';

/**
 * Many services in alarm at once, in one account with AWS's documented rate limits (`--services N`, 1000 by default;
 * fewer services get as much less of every limit, so that the queues have the same shape).
 */
export async function storm(options: readonly string[]): Promise<void> {
  const values = parseOptions(options, { options: { services: { type: 'string', default: '1000' } } });
  const services = wholeNumber('--services', values.services, 10, 1000);
  const share = services / 1000;
  const alone = await play(1, 1);
  const all = await play(services, share);
  process.stdout.write(report(alone, all, services, share));
}

function report(alone: Played, all: Played, services: number, share: number): string {
  const names = Object.keys(limits).filter((name): name is LimitName => name in limits);
  const floors = names.map((name) => {
    const calls = alone.callsUntilAsked.get(name) ?? 0;
    return { name, calls, seconds: floorSeconds(name, calls * (services - all.watched), share) };
  });
  const floor = Math.max(...floors.map(({ seconds }) => seconds));
  const rows = floors.map(({ name, calls, seconds }) => [
    name,
    `${limits[name].burst * share}, ${limits[name].perSecond * share}/s`,
    `${calls}`,
    seconds.toFixed(0),
    `${all.taken.get(name) ?? 0}`,
    `${all.refused.get(name) ?? 0}`,
  ]);
  const order = all.byHarm.map(({ alert, count, median, last }) => [
    alert,
    `${count}`,
    median.toFixed(0),
    last.toFixed(0),
  ]);
  return [
    `${services} services in alarm at once`,
    textTable([['limit', 'burst, refill', 'calls per run', 'floor s', 'calls in all', 'refused'], ...rows]),
    '',
    textTable([['alert', 'services', 'capacity asked for: median s', 'last s'], ...order]),
    '',
    ...all.lost,
    `${all.recovered} of ${services} recovered, ${all.needless} needed nothing any more, ${all.lost.length} lost; at most ${all.busiest} functions at once.`,
    `${all.watched} found their service well when their turn came, and watched it.`,
    `Elsewhere all capacity was asked for after ${all.askedSeconds.toFixed(0)} s; the limits allow ${floor.toFixed(0)} s: ${(all.askedSeconds / floor).toFixed(2)} times the floor. The last run ended after ${all.endedSeconds.toFixed(0)} s.`,
    '',
  ].join('\n');
}
