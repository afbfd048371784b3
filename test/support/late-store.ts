import type { RecordStore } from '../../shared/store/record-store.ts';

/** A store that answers as late as DynamoDB does: not within the same turn. What nobody waits for has not happened then. */
export function late(store: RecordStore): RecordStore {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
  return {
    read: async (key) => {
      await turn();
      return store.read(key);
    },
    write: async (...write) => {
      await turn();
      return store.write(...write);
    },
  };
}
