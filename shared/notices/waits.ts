import { ChannelName, type Delivery } from './channel.ts';

/** Until when a channel asked not to be called. */
type Waits = Partial<Record<ChannelName, string>>;

/** The waits that a delivery was answered with. */
export const waitsOf = ({ failed }: Delivery): Waits =>
  latest(failed.map(({ channel, notBefore }) => (notBefore ? { [channel]: notBefore } : {})));

/** The latest time of each channel: texts in UTC compare as times. */
export function latest(all: readonly Waits[]): Waits {
  const waits: Waits = {};
  for (const channel of ChannelName.options)
    for (const { [channel]: until = '' } of all) if (until > (waits[channel] ?? '')) waits[channel] = until;
  return waits;
}
