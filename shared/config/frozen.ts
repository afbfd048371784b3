/** The value itself, frozen with all that it holds. */
export function frozen<T>(value: T): T {
  // What is no object counts as frozen.
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(Object(value))) frozen(child);
  return value;
}
