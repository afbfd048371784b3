const throttlings: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
]);

/** Whether AWS refused a call because there were too many, by the name of its error. */
export const isThrottling = (errorName: string): boolean => throttlings.has(errorName);

/** How many times as long a throttled run may take: most of its looks are refused. */
export const throttledDelayFactor = 3;
