import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourcesIn } from './sources.ts';

const document = readFileSync('docs/conformance.md', 'utf8');
const [behaviours = '', reverbTests = ''] = document.split('\n## Reverb’s tests\n');

/** The rows of all tables, without their heads. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((line, at) => !isRule(line) && !isRule(lines[at + 1]))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function isRule(line = ''): boolean {
  return /^\|(?: --- \|)+$/.test(line);
}

const LINK = /\[`([^`]+)`\]\(([^)]+)\)/g;

interface Proof {
  /** `describe › title`, or a title alone. */
  readonly title: string;
  /** From the root of the repository. */
  readonly file: string;
}

function proofsOf(cell: string): Proof[] {
  return [...cell.matchAll(LINK)].map(([, title = '', target = '']) => ({
    title: title.replaceAll('\\|', '|'),
    file: join('docs', target).replaceAll('\\', '/'),
  }));
}

const CALL = /^( *)(it|describe)(\.each(?:<[^>]*>)?\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\4).)*)\4,/gm;

/** Where a title has a place for something else. */
const PLACE = '\u0000';

/** The titles of a test file, each behind that of the `describe` it is in. */
function titlesIn(text: string): string[] {
  const around: { readonly indent: number; readonly title: string }[] = [];
  const titles: string[] = [];
  for (const [, { length: indent } = '', kind, each, quote, written = ''] of text.matchAll(CALL)) {
    const whole = quote === '`' ? written.replaceAll(/\$\{[^}]*\}/g, PLACE) : written;
    const templated = each === undefined ? whole : whole.replaceAll(/%[sdij]|\$[a-z]+/g, PLACE);
    const title = templated.replaceAll(/\\(.)/g, '$1');
    while ((around.at(-1)?.indent ?? -1) >= indent) around.pop();
    if (kind === 'describe') around.push({ indent, title });
    else titles.push([...around.slice(-1).map((outer) => outer.title), title].join(' › '));
  }
  return titles;
}

/** What may fill a template besides a literal of the file itself: several tests run over these. */
const vectors = [
  'client-messages',
  'channel-info',
  'channels',
  'event-requests',
  'batch-requests',
  'rest-paths',
]
  .map((name) => readFileSync(`test/vectors/${name}.json`, 'utf8'))
  .join('\n');

/** Whether a title is one of these, its places being filled with “…” or with what its test is given. */
function isTitle(title: string, written: readonly string[], text: string): boolean {
  return written.some((template) => {
    const pattern = template.split(PLACE).map(literally).join('(.+)');
    const match = new RegExp(`^${pattern}$`).exec(title);
    const isGiven = (filling: string): boolean =>
      filling === '…' || text.includes(filling) || vectors.includes(filling);
    return match?.slice(1).every(isGiven) ?? false;
  });
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function problemOf({ title, file }: Proof): string | undefined {
  if (!existsSync(file)) return `${file} is not there`;
  const text = readFileSync(file, 'utf8');
  return isTitle(title, titlesIn(text), text) ? undefined : `${file} has no test “${title}”`;
}

describe('the conformance document', () => {
  const rows = rowsOf(document);

  it('has rows of three cells', () => {
    expect(rows.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([]);
    expect(rowsOf(behaviours).length).toBeGreaterThan(100);
  });

  it('has a test for whatever it says is here, and nothing else for a proof', () => {
    const unproven = rows.filter(([, here = '', proof = '']) =>
      proof === '–'
        ? !/^(?:no|n\/a)\b/.test(here)
        : proof.replaceAll(LINK, '').replaceAll('<br>', '') !== '' || proofsOf(proof).length === 0,
    );
    expect(unproven).toEqual([]);
  });

  it('names tests that are there', () => {
    const proofs = rows.flatMap(([, , proof = '']) => proofsOf(proof));

    expect(proofs.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('has all tests of Reverb, each once in its file', () => {
    const files = reverbTests.split('\n### ').slice(1);
    const names = files.map((file) => rowsOf(file).map(([name]) => name));

    expect(names.flat()).toHaveLength(237);
    expect(files).toHaveLength(27);
    for (const ofFile of names) expect(new Set(ofFile).size).toBe(ofFile.length);
  });
});

describe('a title', () => {
  const file = 'test/conformance/rest.test.ts';

  it.each([
    ['of a test alone', 'POST /apps/{appId}/events › answers 404 to another app', undefined],
    ['that nobody has', 'POST /apps/{appId}/events › answers 404 to any app', /has no test/],
    ['in another describe', 'everything else › answers 404 to another app', /has no test/],
    ['cut off', 'POST /apps/{appId}/events › answers 404 to', /has no test/],
    ['of one of several cases', 'POST /apps/{appId}/events › answers 401 to another secret', undefined],
    ['of all of several cases', 'POST /apps/{appId}/events › answers 401 to …', undefined],
    ['of no case', 'POST /apps/{appId}/events › answers 401 to whoever is late', /has no test/],
    ['of another template', 'POST /apps/{appId}/events › answers 402 to another secret', /has no test/],
  ])('%s is told from one that is there', (_, title, problem) => {
    if (problem === undefined) expect(problemOf({ title, file })).toBeUndefined();
    else expect(problemOf({ title, file })).toMatch(problem);
  });

  it('of a file that is not there is none', () => {
    expect(problemOf({ title: 'a › b', file: 'test/conformance/nowhere.test.ts' })).toMatch(/is not there/);
  });

  it('is found in nearly every test file, so that the search is one', () => {
    const files = sourcesIn('test/conformance').filter(({ path }) => path.endsWith('.test.ts'));
    expect(files.filter(({ text }) => titlesIn(text).length === 0)).toEqual([]);
  });
});
