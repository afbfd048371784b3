/** A row as `pg` gives it where no parser is set: text, or null. */
export type TextRow = Record<string, string | null>;

/** An error as `pg` throws it: what the server says, and its SQLSTATE. */
export const databaseError = (message: string, code: string): Error =>
  Object.assign(new Error(message), { code, severity: 'FATAL' });

/** Who the tasks are, for PgBouncer and for PostgreSQL. */
export const APP_USER = 'app';
