/** What a suite may change of its process, and how it is put back before the next one. */
const environment = { ...process.env };
const changes = [];

export const note = (undo) => void changes.push(undo);

export function restore() {
  for (const undo of changes.splice(0)) undo();
  globalThis.jest.useRealTimers();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}
