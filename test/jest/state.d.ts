export function note(undo: () => void): void;
/** Puts back what a suite has changed of its process. */
export function restore(): void;
