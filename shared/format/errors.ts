import * as v from 'valibot';
import { oneLine } from '../core/plain-text.ts';
import { tryParse } from '../core/schema.ts';

/** An error's name on the wire for people: "changed by person", "access denied"; AWS's own `States.…` stay. */
export function errorInWords(name: string): string {
  if (name.includes('.')) return name;
  return name
    .replace(/(Error|Exception)$/, '')
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ')
    .toLowerCase();
}

const LambdaFailure = v.object({ errorMessage: v.string() });

const longest = 1000;

/** What a failure's cause says: the message of a Lambda function, or the text itself. */
export function messageOf(cause: string): string {
  return oneLine(tryParse(LambdaFailure, jsonOf(cause))?.errorMessage ?? cause, longest);
}

/** The value that a text is as JSON; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
