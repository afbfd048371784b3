import type { Json } from '../basics/json.ts';
import type { ChoiceState } from '../definition/asl.ts';
import type { ContextObject } from './context.ts';
import { follow, isPlain } from './references.ts';

/**
 * Where a Choice of plain rules leads: the operators and references that nearly all of ours have, without a machine of
 * the interpreter's for each. Undefined when something in a rule on the way is not plain, or nothing matches.
 */
export function choosePlainly(state: ChoiceState, input: Json, context: ContextObject): string | undefined {
  for (const rule of state.Choices) {
    const matches = matchesPlainly(rule, input, context);
    if (matches === undefined) return undefined;
    if (matches) return rule.Next;
  }
  return state.Default;
}

function matchesPlainly(rule: unknown, input: Json, context: ContextObject): boolean | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined;
  const { Variable, Next: _next, Comment: _comment, ...operators }: Record<string, unknown> = { ...rule };
  const [operator, ...others] = Object.entries(operators);
  if (operator === undefined || others.length > 0) return undefined;
  const [name, wanted] = operator;
  if (name === 'And' && Array.isArray(wanted)) return every(wanted, input, context);
  if (typeof Variable !== 'string' || !isPlain(Variable)) return undefined;
  const value = follow(Variable, input, context);
  if (name === 'IsPresent' && wanted === true) return value !== undefined;
  // A reference that leads nowhere is a failure: the interpreter words it.
  if (value === undefined) return undefined;
  if (name === 'StringEquals' && typeof wanted === 'string') return value === wanted;
  if (name === 'BooleanEquals' && typeof wanted === 'boolean') return value === wanted;
  return undefined;
}

function every(rules: readonly unknown[], input: Json, context: ContextObject): boolean | undefined {
  const matches = rules.map((rule) => matchesPlainly(rule, input, context));
  return matches.includes(undefined) ? undefined : matches.every(Boolean);
}
