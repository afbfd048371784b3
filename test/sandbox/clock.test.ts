import { afterEach, describe, expect, it } from '@jest/globals';
import { installVirtualTime, type VirtualTime } from '../../sandbox/clock.ts';

const START = new Date('2026-11-23T12:00:00Z');
let time: VirtualTime | undefined;

function install(seed = 1): VirtualTime {
  time = installVirtualTime({ start: START, seed });
  return time;
}

afterEach(() => {
  time?.uninstall();
  time = undefined;
});

const sleep = (milliseconds: number) =>
  new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

describe('Date', () => {
  it('tells the virtual time, and is otherwise the real one', () => {
    const RealDate = Date;
    install();
    expect([new Date().toISOString(), Date.now()]).toEqual(['2026-11-23T12:00:00.000Z', START.getTime()]);
    expect([new Date(2020, 1, 3).getDate(), new Date('2020-02-03T00:00:00Z').getTime()]).toEqual([
      3,
      Date.UTC(2020, 1, 3),
    ]);
    expect([new Date() instanceof Date, START instanceof Date, new Date().constructor]).toEqual([
      true,
      true,
      RealDate,
    ]);
    expect(Date()).toBe(START.toString());
    class Named extends Date {
      name = 'noon';
    }
    expect([new Named().name, new Named().getTime()]).toEqual(['noon', START.getTime()]);
    time?.uninstall();
    expect(Date).toBe(RealDate);
  });
});

describe('runUntil', () => {
  it('jumps from timer to timer, letting promises settle in between', async () => {
    const virtual = install();
    const log: string[] = [];
    let done = false;
    void (async () => {
      await sleep(60_000);
      log.push(new Date().toISOString());
      await Promise.resolve();
      await sleep(3_600_000);
      log.push(new Date().toISOString());
      done = true;
    })();
    expect(await virtual.runUntil(() => done)).toBe('done');
    expect(log).toEqual(['2026-11-23T12:01:00.000Z', '2026-11-23T13:01:00.000Z']);
    expect(virtual.now()).toBe(START.getTime() + 3_660_000);
  });

  it('stops at the limit without running what comes after it', async () => {
    const virtual = install();
    let fired = 0;
    const timer = setInterval(() => {
      fired += 1;
    }, 1000);
    expect(await virtual.runUntil(() => false, 2500)).toBe('limit');
    expect([fired, virtual.now() - START.getTime()]).toEqual([2, 2500]);
    clearInterval(timer);
    expect(await virtual.runUntil(() => false)).toBe('idle');
  });

  it('does not move time while real work is in flight', async () => {
    const virtual = install();
    const order: string[] = [];
    setTimeout(() => order.push('timer'), 1);
    void virtual.withRealIo(async () => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      order.push('work');
    });
    await virtual.runUntil(() => order.length === 2);
    expect(order).toEqual(['work', 'timer']);
  });

  it('lets an error of a timer surface', async () => {
    const virtual = install();
    setTimeout(() => {
      throw new RangeError('in a timer');
    }, 10);
    await expect(virtual.runUntil(() => false)).rejects.toThrow(RangeError);
  });
});

describe('runPaced', () => {
  it('reaches the same end as a jump, at its own speed', async () => {
    const virtual = install();
    let fired = 0;
    setInterval(() => {
      fired += 1;
    }, 1000);
    expect(await virtual.runPaced(() => fired === 60, 6000)).toBe('done');
    expect(virtual.now() - START.getTime()).toBe(60_000);
    expect(await virtual.runPaced(() => false, 6000, 30_500)).toBe('limit');
    expect([fired, virtual.now() - START.getTime()]).toEqual([90, 90_500]);
  });
});

describe('randomness', () => {
  it('repeats for a seed and differs between seeds', () => {
    const draw = (seed: number) => {
      const virtual = install(seed);
      const drawn = [virtual.random(), Math.random(), ...virtual.randomBytes(4)];
      virtual.uninstall();
      return drawn;
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("keeps its own stream undisturbed by others' draws from Math.random", () => {
    const first = install(3);
    const alone = [first.random(), first.random()];
    first.uninstall();
    const second = install(3);
    const disturbed = [second.random()];
    Math.random();
    disturbed.push(second.random());
    expect(disturbed).toEqual(alone);
  });

  it('gives everything back', () => {
    const { setTimeout: realTimeout, Date: RealDate } = globalThis;
    const realRandom = Math.random;
    const virtual = install();
    expect(globalThis.setTimeout).not.toBe(realTimeout);
    virtual.uninstall();
    expect([globalThis.setTimeout, globalThis.Date, Math.random]).toEqual([
      realTimeout,
      RealDate,
      realRandom,
    ]);
  });
});
