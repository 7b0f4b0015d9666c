import { alternativesTo } from './alternatives.ts';
import { AUDIENCES, audienceOf } from './audience.ts';
import { type Bill, billOf, type Case } from './bill.ts';
import { compare, describeCheaper, GROWTH, sizeOf } from './growth.ts';
import { demandOf, NEW_CONNECTIONS_A_SECOND, quotas, storm, usedUpAt } from './quotas.ts';

/** The first row is the head. */
export type Table = readonly (readonly string[])[];

export const dollars = (value: number | undefined): string => {
  if (value === undefined) return '–';
  const digits = value < 100 ? 2 : 0;
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
};

/** Three digits are more than the assumptions are worth. */
export const count = (value: number): string =>
  value > 0 && value < 0.01 ? '< 0.01' : value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

export function billTable({ lines, total }: Bill): Table {
  const paid = lines.filter((line) => line.units > 0);
  return [
    ['line', 'a month', 'price', 'costs'],
    ...paid.map(({ label, units, price, dollars: cost }) => [
      label,
      `${count(units)} ${price.unit}`,
      `$${price.dollars}${price.per === 1 ? '' : ` for ${price.per.toLocaleString('en-US')}`}`,
      dollars(cost),
    ]),
    ['together', '', '', dollars(total)],
  ];
}

export function besideTable(given: Case): Table {
  const { total } = billOf(given);
  return [
    ['beside it', 'costs', 'Pregonero costs'],
    ...alternativesTo(given.workload, given.freeTier).map(({ name, dollars: cost }) => [
      name,
      dollars(cost),
      cost === undefined || cost === 0 ? '–' : `${count(total / cost)} × that`,
    ]),
  ];
}

export function crossingTable(given: Case): Table {
  return [
    ['beside', 'Pregonero costs less', 'it can be had up to'],
    ...alternativesTo(given.workload, given.freeTier).map(({ name }) => {
      const comparison = compare(given, name);
      const { to } = comparison.offered;
      return [
        name,
        describeCheaper(comparison),
        to === GROWTH.at(-1) ? 'a million, and more' : `${to.toLocaleString('en-US')} connections`,
      ];
    }),
  ];
}

export function growthTable(given: Case): Table {
  const sizes = GROWTH.map((connections) => sizeOf(given, connections));
  const names = sizes[0]?.alternatives.map(({ name }) => name) ?? [];
  return [
    ['a month', ...sizes.map(({ connections }) => connections.toLocaleString('en-US'))],
    ['Pregonero', ...sizes.map((size) => dollars(size.dollars))],
    ...names.map((name) => [
      name,
      ...sizes.map(({ alternatives }) => dollars(alternatives.find((each) => each.name === name)?.dollars)),
    ]),
  ];
}

/** What is asked of each quota with so many connections open; what is beyond it, in stars. */
export function quotaTable(given: Case): Table {
  const demands = GROWTH.map((connections) => demandOf(given, connections));
  return [
    [
      'quota',
      'by default',
      ...GROWTH.map((connections) => connections.toLocaleString('en-US')),
      'used up at',
      'raised by',
    ],
    ...quotas.map((quota) => [
      quota.name,
      `${quota.limit.toLocaleString('en-US')} ${quota.unit}`,
      ...demands.map((demand) => {
        const asked = quota.demand(demand);
        return asked > quota.limit ? `**${count(asked)}**` : count(asked);
      }),
      atConnections(usedUpAt(quota, given)),
      quota.raise,
    ]),
  ];
}

const atConnections = (connections: number): string => (connections > 100e6 ? 'never' : count(connections));

export function stormTable(given: Case): Table {
  const { writesASecond, concurrentExecutions } = storm(given, 1);
  return [
    [`everybody comes back at once, and ${NEW_CONNECTIONS_A_SECOND} a second get in`, ''],
    ...GROWTH.map((connections) => [
      `minutes for ${connections.toLocaleString('en-US')} connections`,
      count(storm(given, connections).minutes),
    ]),
    ['DynamoDB writes a second, meanwhile', count(writesASecond)],
    ['Lambda executions at once, meanwhile', count(concurrentExecutions)],
  ];
}

export function audienceTable({ measured }: Case): Table {
  return [
    [
      'listeners of one notification',
      'costs',
      'of it posts',
      'seconds until the last one has it, at the quota',
    ],
    ...AUDIENCES.map((listeners) => {
      const audience = audienceOf(listeners, measured);
      return [
        listeners.toLocaleString('en-US'),
        `$${audience.dollars.toPrecision(2)}`,
        `${count((100 * audience.posts) / audience.dollars)} %`,
        count(audience.seconds),
      ];
    }),
  ];
}

/** Columns of figures to the right. */
export function asText(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          isFigure(table, column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function asMarkdown(table: Table): string {
  const [head = [], ...rows] = table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (isFigure(table, column) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const isFigure = (table: Table, column: number): boolean =>
  column > 0 &&
  table
    .slice(1)
    .every((row) =>
      /^(?:(?:< )?[*$]*[\d,.]+(?:e-\d+)?[*]*(?: %| × that)?|–|never|)$/.test(row[column] ?? ''),
    );
