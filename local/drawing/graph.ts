import type { Definition, State } from '../../sandbox/engine/definition/asl.ts';

/** A state as a box of the picture. */
export interface Box {
  name: string;
  type: State['Type'];
  comment: string;
  /** Where it goes on errors that have no line of their own. */
  onError: readonly string[];
}

export interface Line {
  from: string;
  to: string;
  /** What a choice asks for; empty where there is nothing to ask. */
  label: string;
  /** Only on an error. */
  onError: boolean;
}

/** A state machine as boxes and lines, in the order of the definition. */
export interface Graph {
  boxes: readonly Box[];
  lines: readonly Line[];
}

/**
 * Reads a definition. Lines of errors are drawn only to states that nothing else leads to, once each: nearly every
 * state leads to the same few on errors, and lines from everywhere hide the way. The boxes name the others.
 */
export function graphOf({ StartAt, States }: Definition): Graph {
  const entries = Object.entries(States);
  const lines = entries.flatMap(([name, state]) => nextLines(name, state));
  const reached = new Set([StartAt, ...lines.map(({ to }) => to)]);
  for (const [name, state] of entries) {
    for (const to of catchers(state)) {
      if (reached.has(to)) continue;
      reached.add(to);
      lines.push({ from: name, to, label: 'on error', onError: true });
    }
  }
  const boxes = entries.map(([name, state]) => ({
    name,
    type: state.Type,
    comment: state.Comment ?? '',
    onError: catchers(state),
  }));
  return { boxes, lines };
}

const catchers = (state: State): string[] =>
  'Catch' in state ? [...new Set((state.Catch ?? []).map((one) => one.Next))] : [];

function nextLines(from: string, state: State): Line[] {
  if (state.Type === 'Choice') {
    const rules = state.Choices.map((rule) => ({
      from,
      to: rule.Next,
      label: labelOf(rule),
      onError: false,
    }));
    const otherwise =
      state.Default === undefined ? [] : [{ from, to: state.Default, label: 'otherwise', onError: false }];
    return merged([...rules, ...otherwise]);
  }
  return 'Next' in state && state.Next !== undefined
    ? [{ from, to: state.Next, label: '', onError: false }]
    : [];
}

/** Several rules with the same target are one line. */
function merged(lines: Line[]): Line[] {
  const byTarget = Map.groupBy(lines, ({ to }) => to);
  return [...byTarget.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, label: same.map(({ label }) => label).join(' or ') }] : [];
  });
}

/** What a rule asks for, in a word or two: the value, or the name of a true flag. */
function labelOf(rule: Record<string, unknown>): string {
  for (const part of ['And', 'Or']) {
    const inner = rule[part];
    if (Array.isArray(inner)) return labelOf({ ...inner.at(-1) });
  }
  const field = spaced(
    String(rule.Variable ?? '')
      .split('.')
      .at(-1) ?? '',
  );
  for (const [operator, value] of Object.entries(rule)) {
    if (operator === 'Variable' || operator === 'Next' || operator === 'Comment') continue;
    if (typeof value === 'boolean') return value ? field : `not ${field}`;
    if (operator.endsWith('Path')) return `same ${field}`;
    return String(value);
  }
  return '';
}

const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
