/** A number for people: thousands with a comma, at most three significant digits. */
export const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** With one decimal, from a hundred on with none: "4.0", "550". */
export const tenths = (value: number): string => (value < 99.95 ? value.toFixed(1) : rounded(value));

/** "1 task", "9 tasks". */
export const tasks = (count: number): string => `${rounded(count)} ${count === 1 ? 'task' : 'tasks'}`;
