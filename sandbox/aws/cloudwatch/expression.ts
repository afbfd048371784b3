import { AwsError } from '../errors.ts';

/** A time series by start of period (milliseconds since the epoch), or one number. */
export type Value = number | Series;
export type Series = ReadonlyMap<number, number>;

/** What an expression is computed over: the values of the other queries, and all periods of the range. */
export interface Scope {
  lookUp(id: string): Value;
  periods: readonly number[];
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '>': (left, right) => (left > right ? 1 : 0),
  '<': (left, right) => (left < right ? 1 : 0),
};

/** Periods without a point on one side have no result, nor have divisions by zero. */
function combine(operator: string, left: Value, right: Value): Value {
  const apply = OPERATORS[operator];
  if (apply === undefined) throw new AwsError('ValidationError', `Unsupported operator '${operator}'`);
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  const times = typeof left === 'number' ? (typeof right === 'number' ? [] : right.keys()) : left.keys();
  const result = new Map<number, number>();
  for (const at of times) {
    const a = typeof left === 'number' ? left : left.get(at);
    const b = typeof right === 'number' ? right : right.get(at);
    const value = a === undefined || b === undefined ? Number.NaN : apply(a, b);
    if (Number.isFinite(value)) result.set(at, value);
  }
  return result;
}

function fill(value: Value, by: Value, periods: readonly number[]): Value {
  if (typeof value === 'number') return value;
  const result = new Map<number, number>();
  for (const at of periods) {
    const point = value.get(at) ?? (typeof by === 'number' ? by : by.get(at));
    if (point !== undefined) result.set(at, point);
  }
  return result;
}

/** The one value in periods in which the condition is not zero, the other one where it is. */
function choose(condition: Value, yes: Value, no: Value): Value {
  if (typeof condition === 'number') return condition ? yes : no;
  const result = new Map<number, number>();
  for (const [at, holds] of condition) {
    const chosen = holds ? yes : no;
    const point = typeof chosen === 'number' ? chosen : chosen.get(at);
    if (point !== undefined) result.set(at, point);
  }
  return result;
}

/** One series of several: a period has a point where any of them has one. */
function together(join: (...values: number[]) => number, all: readonly Value[]): Series {
  const series = all.filter((value) => typeof value !== 'number');
  const times = [...new Set(series.flatMap((one) => [...one.keys()]))].toSorted((a, b) => a - b);
  return new Map(times.map((at) => [at, join(...series.flatMap((one) => one.get(at) ?? []))]));
}

/** vCPUs of Fargate on demand that an account may use which has asked for more. */
const vcpuQuota = 400;

/** The quota of a usage metric, where that has points. */
const quotaOf = (usage: Value): Value =>
  typeof usage === 'number' ? vcpuQuota : new Map([...usage.keys()].map((at) => [at, vcpuQuota]));

const sumOf = (...values: number[]) => values.reduce((sum, value) => sum + value, 0);

/**
 * Evaluates CloudWatch metric math: numbers, query ids, `+ - * /`, `<` and `>`, parentheses, `FILL(m, value)`,
 * `IF(condition, value, value)`, `SUM([a, b])`, `MAX([a, b])` and `SERVICE_QUOTA(usage)`.
 * @throws AwsError ValidationError for anything else
 */
export function evaluateExpression(expression: string, scope: Scope): Value {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|[-+*/(),]|\S/g) ?? [];
  let position = 0;
  const fail = (): never => {
    throw new AwsError(
      'ValidationError',
      `Error in expression '${expression}' at '${tokens[position] ?? 'end'}'`,
    );
  };
  const accept = (...wanted: string[]): string | undefined => {
    const token = tokens[position];
    if (token === undefined || !wanted.includes(token)) return undefined;
    position += 1;
    return token;
  };
  const expect = (token: string) => accept(token) ?? fail();

  function parameters(count: number): Value[] {
    expect('(');
    const values = [comparison()];
    while (values.length < count) {
      expect(',');
      values.push(comparison());
    }
    expect(')');
    return values;
  }

  /** `([a, b])` */
  function list(): Value[] {
    expect('(');
    expect('[');
    const values = [comparison()];
    while (accept(',')) values.push(comparison());
    expect(']');
    expect(')');
    return values;
  }

  function call(): Value | undefined {
    if (accept('FILL')) {
      const [series, by] = parameters(2);
      return fill(series ?? 0, by ?? 0, scope.periods);
    }
    if (accept('IF')) {
      const [condition, yes, no] = parameters(3);
      return choose(condition ?? 0, yes ?? 0, no ?? 0);
    }
    if (accept('SERVICE_QUOTA')) return quotaOf(parameters(1)[0] ?? 0);
    const over = accept('SUM', 'MAX');
    if (over) return together(over === 'SUM' ? sumOf : Math.max, list());
    return undefined;
  }

  function operand(): Value {
    if (accept('-')) return combine('-', 0, operand());
    if (accept('(')) {
      const inner = comparison();
      expect(')');
      return inner;
    }
    const called = call();
    if (called !== undefined) return called;
    const token = tokens[position];
    if (token === undefined) return fail();
    if (/^\d/.test(token)) {
      position += 1;
      return Number(token);
    }
    if (!/^[a-z]/.test(token)) return fail();
    position += 1;
    return scope.lookUp(token);
  }

  function product(): Value {
    let value = operand();
    for (let operator = accept('*', '/'); operator; operator = accept('*', '/')) {
      value = combine(operator, value, operand());
    }
    return value;
  }

  function sum(): Value {
    let value = product();
    for (let operator = accept('+', '-'); operator; operator = accept('+', '-')) {
      value = combine(operator, value, product());
    }
    return value;
  }

  function comparison(): Value {
    const value = sum();
    const operator = accept('<', '>');
    return operator ? combine(operator, value, sum()) : value;
  }

  const value = comparison();
  return position === tokens.length ? value : fail();
}
