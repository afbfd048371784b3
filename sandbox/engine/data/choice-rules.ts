import type { Json } from '../basics/json.ts';
import { isJsonObject } from '../basics/json.ts';

/** One condition of a Choice state; the interpreter checks the operators. */
export interface Condition {
  Variable: string;
  [operator: string]: Json;
}

/** A rule in the form in which the interpreter agrees with Step Functions. */
export type Rule = Condition | { And: Rule[] } | { Or: Rule[] } | { Not: Rule };

const negatable = /^Is(Null|Present|Numeric|String|Boolean|Timestamp)$/;
const ordered = /^(Numeric|String)(Less|Greater)Than(Equals)?(Path)?$/;

/**
 * Rewrites a Choice rule into an equal one that the interpreter evaluates as Step Functions does: there,
 * `IsPresent: false` never matches, and an order comparison coerces a value of another type instead of failing to match.
 */
export function normalizeRule(rule: Json): Rule {
  if (!isJsonObject(rule)) throw new Error(`Choice rule ${JSON.stringify(rule)} is not an object`);
  if (Array.isArray(rule.And)) return { And: rule.And.map(normalizeRule) };
  if (Array.isArray(rule.Or)) return { Or: rule.Or.map(normalizeRule) };
  if (rule.Not !== undefined) return { Not: normalizeRule(rule.Not) };
  const { Variable, Next: _next, Comment: _comment, ...operators } = rule;
  const [operator, ...others] = Object.keys(operators);
  if (typeof Variable !== 'string' || operator === undefined || others.length > 0) {
    throw new Error(`Choice rule ${JSON.stringify(rule)} needs a Variable and exactly one operator`);
  }
  return normalizeCondition({ Variable, ...operators }, operator);
}

function normalizeCondition(condition: Condition, operator: string): Rule {
  const { Variable } = condition;
  if (negatable.test(operator) && condition[operator] === false) {
    return { Not: { Variable, [operator]: true } };
  }
  const type = ordered.exec(operator)?.[1];
  return type === undefined ? condition : { And: [{ Variable, [`Is${type}`]: true }, condition] };
}
