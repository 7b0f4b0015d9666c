import { alternativesTo } from './alternatives.ts';
import { billOf, type Case } from './bill.ts';
import { dollars, type Table } from './tables.ts';

/** Deployments as there are some, by the options that ask for them. */
const EXAMPLES: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  {
    name: 'a payments notifier in office hours',
    args: [
      '--connections',
      '200',
      '--hours-a-day',
      '10',
      '--notifications-per-second',
      '0.1',
      '--listeners-per-notification',
      '3',
    ],
  },
  {
    name: 'the same, busy day and night',
    args: ['--connections', '200', '--notifications-per-second', '1', '--listeners-per-notification', '5'],
  },
  {
    name: 'dashboards that are always open and rarely told anything',
    args: [
      '--connections',
      '2000',
      '--session-minutes',
      '120',
      '--notifications-per-second',
      '0.1',
      '--listeners-per-notification',
      '5',
    ],
  },
  {
    name: 'a shop on three hours of an evening, everybody told everything',
    args: [
      '--connections',
      '20000',
      '--hours-a-day',
      '3',
      '--notifications-per-second',
      '0.02',
      '--listeners-per-notification',
      '20000',
    ],
  },
  {
    name: 'rooms with whispers',
    args: [
      '--connections',
      '500',
      '--hours-a-day',
      '8',
      '--notifications-per-second',
      '0.5',
      '--client-events-per-minute',
      '6',
      '--listeners-per-client-event',
      '4',
    ],
  },
];

/** `caseOf` reads the options of an example. */
export function exampleTable(caseOf: (args: readonly string[]) => Case): Table {
  const cases = EXAMPLES.map(({ name, args }) => ({ name, args, given: caseOf(args) }));
  const alternatives = cases.map(({ given }) => alternativesTo(given.workload, given.freeTier));
  const names = alternatives[0]?.map(({ name }) => name) ?? [];
  return [
    ['a month', 'options', 'Pregonero', 'less what is free', ...names],
    ...cases.map(({ name, args, given }, index) => [
      name,
      `\`${args.join(' ')}\``,
      dollars(billOf(given).total),
      dollars(billOf({ ...given, freeTier: true }).total),
      ...(alternatives[index] ?? []).map((each) => dollars(each.dollars)),
    ]),
  ];
}
