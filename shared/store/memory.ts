import { encodeBody, expirySeconds, type RecordStore } from './record-store.ts';

interface Entry {
  version: number;
  text: string;
  expiresAt: number;
}

/** The record store of the sandbox and of tests: the same contract as DynamoDB's, in one process. */
export function memoryRecordStore(options: { now: () => Date }): RecordStore {
  const entries = new Map<string, Entry>();

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    return entry && entry.expiresAt > options.now().getTime() / 1000 ? entry : undefined;
  };

  return {
    async read(key) {
      const entry = live(key);
      return entry && { version: entry.version, body: JSON.parse(entry.text) };
    },

    async write(key, body, { expected, expiresAt }) {
      const text = encodeBody(key, body);
      const version = expected === 'absent' ? 1 : expected + 1;
      const stored = live(key);
      if ((stored?.version ?? 'absent') !== expected)
        return stored?.version === version && stored.text === text;
      entries.set(key, {
        version,
        text,
        expiresAt: expiresAt ? expirySeconds(expiresAt) : Number.POSITIVE_INFINITY,
      });
      return true;
    },
  };
}
