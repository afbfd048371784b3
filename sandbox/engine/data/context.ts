import type { Json } from '../basics/json.ts';

/** The context object (`$$`) of one attempt of one state. */
export type ContextObject = { [key: string]: Json };
