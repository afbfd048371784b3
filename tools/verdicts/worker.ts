import { faultsOf, isRestored } from './faults.ts';
import { type Cell, said } from './play.ts';

/** A process of its own, because virtual time replaces the globals: plays the cells that it is sent. */

/** What became of one cell. */
export interface Judged {
  cell: Cell;
  outcome: string;
  restored: boolean;
  /** Rows of tables and sentences that were compared. */
  compared: number;
  faults: string[];
}

process.on('message', (cell: Cell) => void play(cell));

async function play(cell: Cell): Promise<void> {
  const of = await said(cell);
  const { faults, compared } = faultsOf(of);
  const judged: Judged = { cell, outcome: of.report.outcome, restored: isRestored(of), compared, faults };
  process.send?.(judged);
}
