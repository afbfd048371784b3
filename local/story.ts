import type { Report } from './report.ts';
import type { Sandbox } from './sandbox.ts';
export function storyOf(report: Report, _sandbox: Sandbox): string { return `${report.outcome}: ${report.reasons.join('; ')}\n`; }
