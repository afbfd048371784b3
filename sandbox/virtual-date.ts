/**
 * `Date` as a clock tells it. Its dates are the language's own, so that they cost no more than those: the SDK makes
 * thousands in an incident, and those of fake-timers have a property of their own each, behind a proxy.
 */
export function virtualDate(now: () => number): object {
  const RealDate = Date;
  function VirtualDate(...parts: unknown[]): Date | string {
    if (new.target === undefined) return new RealDate(now()).toString();
    const target = new.target === VirtualDate ? RealDate : new.target;
    return Reflect.construct(RealDate, parts.length === 0 ? [now()] : parts, target);
  }
  return Object.assign(VirtualDate, {
    prototype: RealDate.prototype,
    now,
    parse: RealDate.parse,
    UTC: RealDate.UTC,
  });
}
