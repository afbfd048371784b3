import type { RecordStore } from '../../shared/store/record-store.ts';

/**
 * A store whose writes end with an error each, whatever became of them: as a rule they took effect.
 * @param effect what happens in place of the write
 */
export const unanswered = (
  store: RecordStore,
  effect: (write: () => Promise<boolean>) => Promise<unknown> = (write) => write(),
): RecordStore => ({
  read: (key) => store.read(key),
  async write(...given) {
    await effect(() => store.write(...given));
    throw new Error('no answer');
  },
});
