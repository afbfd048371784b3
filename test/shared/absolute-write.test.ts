import { describe, expect, it, jest } from '@jest/globals';
import { writeAbsolute } from '../../shared/absolute-write.ts';
import { ChangedByPersonError } from '../../shared/errors.ts';

const write = jest.fn(async () => {});
const attempt = (present: { max: number; min?: number } | undefined, dryRun = false) => {
  write.mockClear();
  return writeAbsolute({
    what: 'bounds',
    from: { min: 1, max: 10 },
    to: { min: 1, max: 20 },
    present,
    dryRun,
    write,
  });
};

describe('an absolute write', () => {
  it('writes when the value is what the plan saw', async () => {
    expect(await attempt({ max: 10, min: 1 })).toMatchObject({
      changed: true,
      from: { max: 10 },
      to: { max: 20 },
    });
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('changes nothing when the value is there already', async () => {
    expect(await attempt({ max: 20, min: 1 })).toMatchObject({
      changed: false,
      reasons: ['bounds is as wanted already'],
    });
    expect(write).not.toHaveBeenCalled();
  });

  it.each([{ max: 15, min: 1 }, { max: 10, min: 2 }, undefined])(
    'never reverts what somebody else set: %j',
    async (present) => {
      await expect(attempt(present)).rejects.toThrow(ChangedByPersonError);
      expect(write).not.toHaveBeenCalled();
    },
  );

  it('says what it saw and what it found', async () => {
    await expect(attempt(undefined)).rejects.toThrow(
      'bounds: the plan saw {"min":1,"max":10}, now it is absent; it stays as it is',
    );
  });

  it('writes nothing in a dry run', async () => {
    expect(await attempt({ max: 10, min: 1 }, true)).toMatchObject({
      changed: false,
      reasons: ['dry run: bounds would change'],
    });
    expect(write).not.toHaveBeenCalled();
  });

  it('passes the error of a failed write on', async () => {
    write.mockRejectedValueOnce(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
    const failing = writeAbsolute({ what: 'x', from: 1, to: 2, present: 1, dryRun: false, write });
    await expect(failing).rejects.toThrow('denied');
  });
});
