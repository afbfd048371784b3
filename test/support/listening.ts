import type { Log } from '../../shared/lambda/context.ts';

/** A log that keeps its lines: level, message and fields. */
export function listening(): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const at = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ level, message, ...fields });
  return { log: { info: at('info'), warn: at('warn'), error: at('error') }, lines };
}
