import type { Case } from './bill.ts';
import { billOf } from './bill.ts';
import { exampleTable } from './examples.ts';
import { otherPrices, pusherPlans, virtualMachines } from './other-prices.ts';
import { type Price, prices } from './prices.ts';
import { quotas } from './quotas.ts';
import {
  asMarkdown,
  audienceTable,
  billTable,
  crossingTable,
  growthTable,
  quotaTable,
  stormTable,
  type Table,
} from './tables.ts';

/** What `<!-- cost: NAME -->` asks for, by name. */
export function blocks(
  given: Case,
  caseOf: (args: readonly string[]) => Case,
): Readonly<Record<string, string>> {
  const tables: Readonly<Record<string, Table>> = {
    bill: billTable(billOf(given)),
    examples: exampleTable(caseOf),
    crossings: crossingTable(given),
    growth: growthTable(given),
    quotas: quotaTable(given),
    storm: stormTable(given),
    audience: audienceTable(given),
    prices: priceTable(),
    sources: [
      ['quota', 'source'],
      ...quotas.map(({ name, source }) => [
        name,
        source.startsWith('http') ? `<${source}>` : `[${source}](${source})`,
      ]),
    ],
  };
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, asMarkdown(table)]));
}

const BLOCK = /(<!-- cost: ([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The document with each of its blocks as it has to be. Throws on a block that there is none of. */
export function fillIn(document: string, contents: Readonly<Record<string, string>>): string {
  return document.replace(BLOCK, (_, begin: string, name: string, end: string) => {
    const content = contents[name];
    if (content === undefined) {
      throw new Error(
        `The document has a block <!-- cost: ${name} -->, and there are only: ${Object.keys(contents).join(', ')}.`,
      );
    }
    return `${begin}\n${content}\n\n${end}`;
  });
}

function priceTable(): Table {
  const all: readonly Price[] = [...Object.values(prices), ...Object.values(otherPrices)];
  return [
    ['dollars', 'for', 'page', 'as of', 'assumed'],
    ...all.map(({ dollars, per, unit, page, asOf, assumed }) => [
      String(dollars),
      `${per === 1 ? '' : `${per.toLocaleString('en-US')} `}${unit}`,
      `<${page}>`,
      asOf,
      assumed ?? '',
    ]),
    ['–', 'virtual machines', `<${virtualMachines.page}>`, virtualMachines.asOf, ''],
    ['–', 'Pusher’s plans', `<${pusherPlans.page}>`, pusherPlans.asOf, ''],
  ];
}
