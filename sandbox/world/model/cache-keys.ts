import { type CacheState, type KeyGroup, put, removeAll } from './cache.ts';

/** The keys of a cache by their names, in the order in which SCAN meets them. */

/** As in a table of hashes: neighbours in the order are no neighbours by name. */
const strides = [7919, 7907, 7901];

const placesOf = ({ groups }: CacheState): number => groups.reduce((sum, { most }) => sum + most, 0);

/** @returns the group and the number of the key at a place, whether there is a key or not */
function at({ groups }: CacheState, place: number): { group: KeyGroup; key: number } | undefined {
  let key = place;
  for (const group of groups) {
    if (key < group.most) return { group, key };
    key -= group.most;
  }
  return undefined;
}

/** What SCAN sees from a cursor on, looking at `count` places; the cursor after the last one is 0. */
export function scanKeys(
  cache: CacheState,
  cursor: number,
  count: number,
): { cursor: number; keys: string[] } {
  const places = placesOf(cache);
  const stride = strides.find((one) => places % one !== 0) ?? 1;
  const end = Math.min(places, cursor + count);
  const keys: string[] = [];
  for (let place = cursor; place < end; place += 1) {
    const found = at(cache, (place * stride) % places);
    if (found?.group.exists[found.key] === 1) keys.push(`${found.group.prefix}${found.key}`);
  }
  return { cursor: end >= places ? 0 : end, keys };
}

/** Removes those that exist; says how many. */
export function removeKeys(cache: CacheState, names: readonly string[]): number {
  return names.filter((name) => {
    const found = keyOf(cache, name);
    return found && put(cache, found.group, found.key, 0);
  }).length;
}

/** Removes everything. */
export function removeEveryKey(cache: CacheState): void {
  for (const group of cache.groups) removeAll(cache, group);
}

/** The place of a name; undefined where there can be no such key. */
export function keyOf({ groups }: CacheState, name: string): { group: KeyGroup; key: number } | undefined {
  const group = groups.find(({ prefix }) => name.startsWith(prefix));
  const number = group && name.slice(group.prefix.length);
  if (!group || number === undefined || !/^(0|[1-9]\d{0,8})$/.test(number)) return undefined;
  return Number(number) < group.most ? { group, key: Number(number) } : undefined;
}

/** How many keys there are, and how many of them have a time to live. */
export function keyCounts({ groups }: CacheState): { keys: number; expiring: number } {
  const sum = (some: readonly KeyGroup[]) => some.reduce((total, { count }) => total + count, 0);
  return { keys: sum(groups), expiring: sum(groups.filter(({ expires }) => expires)) };
}
