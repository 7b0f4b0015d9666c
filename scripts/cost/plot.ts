import type { Case } from './bill.ts';
import { sizeOf } from './growth.ts';

/** Of the picture, in its own units. */
const [WIDTH, HEIGHT] = [840, 520];
const [LEFT, RIGHT, TOP, BOTTOM] = [92, 216, 46, 60];

const LEAST_CONNECTIONS = 10;
const CONNECTION_DECADES = 5;
const LEAST_DOLLARS = 1;
const DOLLAR_DECADES = 6;
const POINTS_A_DECADE = 16;

/** Told apart by their dashes as well as by their colour (of Okabe and Ito, which colour-blind people tell apart); the first is ours. */
const STYLES = [
  { light: '#0072b2', dark: '#56b4e9', dashes: '', width: 3 },
  { light: '#7a7a7a', dark: '#a8a8a8', dashes: '2 4', width: 2 },
  { light: '#b8860b', dark: '#e69f00', dashes: '8 4', width: 2 },
  { light: '#d55e00', dark: '#f0884a', dashes: '12 3 3 3', width: 2 },
  { light: '#007a5a', dark: '#2fc497', dashes: '1 3', width: 2 },
  { light: '#a0527f', dark: '#cc79a7', dashes: '5 3', width: 2 },
] as const;

interface Series {
  readonly name: string;
  /** Dollars a month, undefined where it is not to be had. */
  readonly values: readonly (number | undefined)[];
}

const x = (connections: number): number =>
  LEFT + (Math.log10(connections / LEAST_CONNECTIONS) / CONNECTION_DECADES) * (WIDTH - LEFT - RIGHT);
const y = (dollars: number): number =>
  HEIGHT - BOTTOM - (Math.log10(dollars / LEAST_DOLLARS) / DOLLAR_DECADES) * (HEIGHT - TOP - BOTTOM);
const at = (value: number): string => value.toFixed(1);

/**
 * What a month costs by connections, both in powers of ten, with the behaviour of the given workload. The same input gives the same
 * text; colours follow whether the reader's page is light or dark.
 */
export function plotOf(given: Case): string {
  const connections = Array.from({ length: CONNECTION_DECADES * POINTS_A_DECADE + 1 }, (_, index) =>
    Math.round(LEAST_CONNECTIONS * 10 ** (index / POINTS_A_DECADE)),
  );
  const sizes = connections.map((each) => sizeOf(given, each));
  const names = sizes[0]?.alternatives.map(({ name }) => name) ?? [];
  const series: Series[] = [
    { name: 'Pregonero', values: sizes.map(({ dollars }) => dollars) },
    ...names.map((name) => ({
      name,
      values: sizes.map(({ alternatives }) => alternatives.find((each) => each.name === name)?.dollars),
    })),
  ];
  const title = 'Dollars a month, by connections open on average';
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">${title}: ${series.map(({ name }) => name).join(', ')}</title>`,
    style(),
    `<text class="title" x="${LEFT}" y="24">${title}</text>`,
    ...grid(),
    ...series.flatMap((each, index) => drawn(each, index, connections)),
    ...legend(series),
    `<text x="${at((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 14}" text-anchor="middle">connections</text>`,
    '</svg>',
  ].join('\n')}\n`;
}

function style(): string {
  const colours = (scheme: 'light' | 'dark') =>
    STYLES.map((each, index) => `.s${index} { stroke: ${each[scheme]}; }`).join(' ');
  const lines = STYLES.map(
    ({ dashes, width }, index) =>
      `.s${index} { fill: none; stroke-width: ${width}; stroke-linejoin: round;${dashes === '' ? '' : ` stroke-dasharray: ${dashes};`} }`,
  ).join(' ');
  return `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; } .title { font-size: 15px; font-weight: 600; }
.grid { stroke: #d0d7de; } ${lines}
${colours('light')}
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .grid { stroke: #3d444d; }
${colours('dark')}
}
</style>`;
}

function grid(): string[] {
  const vertical = Array.from({ length: CONNECTION_DECADES + 1 }, (_, decade) => {
    const value = LEAST_CONNECTIONS * 10 ** decade;
    return [
      `<line class="grid" x1="${at(x(value))}" x2="${at(x(value))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
      `<text x="${at(x(value))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${value.toLocaleString('en-US')}</text>`,
    ];
  });
  const horizontal = Array.from({ length: DOLLAR_DECADES + 1 }, (_, decade) => {
    const value = LEAST_DOLLARS * 10 ** decade;
    return [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/>`,
      `<text x="${LEFT - 8}" y="${at(y(value) + 4)}" text-anchor="end">$${value.toLocaleString('en-US')}</text>`,
    ];
  });
  return [...vertical, ...horizontal].flat();
}

/** A line ends where there is nothing to be had; what costs less than the picture shows lies on its edge. */
function drawn({ values }: Series, index: number, connections: readonly number[]): string[] {
  const paths: string[] = [];
  let pen = 'M';
  let path = '';
  for (const [position, value] of values.entries()) {
    if (value === undefined) {
      if (path !== '') paths.push(path);
      [pen, path] = ['M', ''];
      continue;
    }
    path += `${pen}${at(x(connections[position] ?? LEAST_CONNECTIONS))} ${at(y(Math.max(LEAST_DOLLARS, value)))}`;
    pen = 'L';
  }
  if (path !== '') paths.push(path);
  return paths.map((each) => `<path class="s${index}" d="${each}"/>`);
}

function legend(series: readonly Series[]): string[] {
  return series.flatMap(({ name }, index) => {
    const top = TOP + 14 + index * 34;
    const from = WIDTH - RIGHT + 14;
    return [
      `<line class="s${index}" x1="${from}" x2="${from + 34}" y1="${top}" y2="${top}"/>`,
      ...inTwo(name).map((part, line, parts) => {
        const middle = top + 4 + (line - (parts.length - 1) / 2) * 13;
        return `<text x="${from + 42}" y="${at(middle)}">${part}</text>`;
      }),
    ];
  });
}

/** A name that is too long for one line. */
function inTwo(name: string): string[] {
  const [first, ...others] = name.split(' with ');
  return name.length <= 20 || first === undefined ? [name] : [first, `with ${others.join(' with ')}`];
}
