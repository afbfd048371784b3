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

/** How many times as long a throttled run may take, and how many times as seldom it looks whether scaling has helped. */
export const throttledPatience = 3;
