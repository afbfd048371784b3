/** At most `burst` calls at once, refilled with `perSecond` calls a second. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** A token bucket, full at first. Times: virtual milliseconds. */
export interface TokenBucket {
  /** Takes a token; false when there is none. */
  take(): boolean;
  /** Takes a token that may be owed; milliseconds until it is there. */
  owe(): number;
}

export function createTokenBucket({ burst, perSecond }: Rate, now: () => number): TokenBucket {
  let last = { tokens: burst, at: now() };
  const level = () => Math.min(burst, last.tokens + ((now() - last.at) / 1000) * perSecond);
  const takeOne = () => {
    last = { tokens: level() - 1, at: now() };
    return last.tokens;
  };
  return {
    take: () => level() >= 1 && takeOne() >= 0,
    owe() {
      const left = takeOne();
      return left >= 0 ? 0 : Math.ceil((-left / perSecond) * 1000);
    },
  };
}
