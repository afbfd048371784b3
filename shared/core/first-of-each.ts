/** The items of a list without those that an earlier one stands for, in their order. Pure. */
export function firstOfEach<Item>(items: readonly Item[], told: (item: Item) => string): Item[] {
  const known = new Set<string>();
  return items.filter((item) => {
    const name = told(item);
    const isFirst = !known.has(name);
    known.add(name);
    return isFirst;
  });
}
