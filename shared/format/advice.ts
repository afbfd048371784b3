/** What is wrong with something beside the service in a sentence, and the lines below it. */
export interface Advice {
  text: string;
  lines: Line[];
}

/** A further sentence, or what a person may type or paste as it is. */
export type Line = { say: string } | { type: string };

export const say = (text: string): Line => ({ say: text });
export const type = (text: string): Line => ({ type: text });
