import type { Session } from '../../../shared/cache/relieve.ts';

/** A cache that gives one answer after the other, an error as one that it throws; it keeps what it was asked. */
export class ScriptedCache implements Session {
  readonly user = 'reliever';
  readonly asked: string[] = [];
  private readonly answers: unknown[];

  constructor(...answers: unknown[]) {
    this.answers = answers;
  }

  readonly ask: Session['ask'] = async (...words) => {
    this.asked.push(words.join(' '));
    if (this.answers.length === 0) throw new Error(`nobody expected ${words.join(' ')}`);
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

export const noRight = new Error("NOPERM this user has no permissions to run the 'config|set' command");
export const denied = { cause: 'denied', error: 'NOPERM', message: noRight.message };
