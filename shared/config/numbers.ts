import * as z from 'zod';

/** A whole number, 0 or more. */
export const count = z.int().min(0);
/** Tasks or connections: at least one. */
export const tasks = z.int().min(1);
/** Seconds: at least one. */
export const seconds = z.int().min(1);
