import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { drawing } from '../../local/drawing/svg.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { pictures } from '../../tools/draw.ts';

const root = join(import.meta.dirname, '..', '..');
const images = join(root, 'docs', 'images');

describe('docs/images', () => {
  it.each([...pictures()])(
    '%s shows the state machine as it is; if not, run node tools/draw.ts',
    (file, picture) => {
      expect(readFileSync(join(images, file), 'utf8')).toBe(picture);
    },
  );

  it('shows no state machine that does not exist', () => {
    expect(
      readdirSync(images)
        .filter((file) => file.endsWith('.svg'))
        .sort(),
    ).toEqual([...pictures().keys()].sort());
  });
});

describe('a picture', () => {
  const { machines } = loadDefinitions(join(root, 'statemachines'));

  it.each([...machines.values()])(
    'of $name has every state once, none above another',
    ({ name, definition }) => {
      const svg = String(drawing(name, definition, { standalone: false }));
      const boxes = [
        ...svg.matchAll(
          /data-state="([^"]*)"><title>[\s\S]*?<\/title><(?:rect class="box" x="([\d.]+)" y="([\d.]+)"|polygon class="box" points="([\d.]+),([\d.]+))/g,
        ),
      ];
      const places = boxes.map(([, , x, y, tip, top]) => `${x ?? Number(tip) - 14},${y ?? top}`);
      expect(boxes.map(([, state]) => state).sort()).toEqual(Object.keys(definition.States).sort());
      expect(new Set(places).size).toBe(places.length);
    },
  );

  it.each([...machines.values()])('of $name has each line begin at a box', ({ name, definition }) => {
    const svg = String(drawing(name, definition, { standalone: false }));
    const boxes = [
      ...svg.matchAll(
        /<(?:rect class="box" x="([\d.]+)" y="([\d.]+)"|polygon class="box" points="([\d.]+),([\d.]+))/g,
      ),
    ].map(([, x, y, tip, top]) => [Number(x ?? Number(tip) - 14), Number(y ?? top)] as const);
    const starts = [...svg.matchAll(/<path class="line[^"]*" d="M([\d.]+) ([\d.]+)/g)];
    const loose = starts.filter(
      ([, x, y]) =>
        !boxes.some(
          ([left, top]) =>
            Number(x) >= left && Number(x) <= left + 176 && Number(y) >= top && Number(y) <= top + 38,
        ),
    );
    expect(starts.length).toBeGreaterThan(5);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it.each([...machines.values()])('of $name has no label above another', ({ name, definition }) => {
    const svg = String(drawing(name, definition, { standalone: false }));
    const labels = [...svg.matchAll(/<text class="label" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">/g)];
    const places = labels.map(([, x, y, anchor]) => `${x},${y},${anchor}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('has a line for every way on, and escapes what people wrote', () => {
    const svg = String(
      drawing(
        'x"<script>',
        {
          StartAt: 'Ask <b>',
          States: {
            'Ask <b>': {
              Type: 'Choice',
              Comment: '"quoted" & <i>',
              Choices: [{ Variable: '$.a.dryRun', BooleanEquals: true, Next: 'Done' }],
              Default: 'Again',
            },
            Again: { Type: 'Wait', Seconds: 1, Next: 'Ask <b>' },
            Done: { Type: 'Succeed' },
          },
        },
        { standalone: true },
      ),
    );
    expect(svg.match(/<path class="line"/g)).toHaveLength(3);
    expect(svg).toContain('>dry run</text>');
    expect(svg).not.toMatch(/<script|<b>|<i>/);
  });
});
