/** A number for people: thousands with a comma, at most three significant digits. */
export const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** "1 task", "9 tasks". */
export const tasks = (count: number): string => `${rounded(count)} ${count === 1 ? 'task' : 'tasks'}`;
