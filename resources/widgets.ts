/** A widget without its place; widths and heights are in the dashboard's grid of 24 columns. */
export interface Widget {
  type: 'metric' | 'alarm' | 'text';
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** The columns of a dashboard. */
export const columns = 24;

/** A graph of one-minute sums, unless `more` says otherwise. */
export const graph = (title: string, metrics: unknown[], more: Record<string, unknown> = {}): Widget => ({
  type: 'metric',
  width: columns / 3,
  height: 6,
  properties: {
    title,
    metrics,
    view: 'timeSeries',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
    region: '${AWS::Region}',
    period: 60,
    stat: 'Sum',
    yAxis: { left: { min: 0 } },
    ...more,
  },
});

export const text = (markdown: string): Widget => ({
  type: 'text',
  width: columns,
  height: 2,
  properties: { markdown },
});

/** Lays the widgets out from left to right; what does not fit begins a new row. */
export function placed(widgets: readonly Widget[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > columns) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { ...widget, x, y };
    [x, rowHeight] = [x + widget.width, Math.max(rowHeight, widget.height)];
    return place;
  });
}
