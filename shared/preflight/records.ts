import type { PreflightAsk } from '../document/preflight.ts';
import type { RecordStore } from '../store/record-store.ts';
import type { Trial } from './trials.ts';

/** No record is written so often. */
const neverReached = 1_000_000;

/**
 * Reads a record of each kind, and writes one on a condition that cannot hold: DynamoDB asks for the right before it looks at
 * the condition, so the right is proved and nothing is ever stored.
 * @param kinds beginnings of keys, as the function's role names them
 */
export function recordTrials(
  store: RecordStore,
  { writes }: Pick<PreflightAsk, 'writes'>,
  kinds: { reads?: readonly string[]; writes?: readonly string[] },
): Trial[] {
  const { reads = [], writes: written = [] } = kinds;
  const key = (kind: string) => `${kind}/preflight`;
  return [
    ...[...reads, ...written].map(
      (kind): Trial => ({
        check: 'dynamodb:GetItem',
        on: `${kind}/*`,
        async try() {
          await store.read(key(kind));
          return undefined;
        },
      }),
    ),
    ...written.map(
      (kind): Trial => ({
        check: 'dynamodb:PutItem',
        on: `${kind}/*`,
        async try() {
          if (!writes) return { notTried: 'reads-only' };
          const stored = await store.write(key(kind), {}, { expected: neverReached });
          return stored
            ? { unknown: { cause: 'failed', error: 'ConditionIgnored', message: '' } }
            : undefined;
        },
      }),
    ),
  ];
}
