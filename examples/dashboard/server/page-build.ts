import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly contentType: string;
  readonly body: Uint8Array;
}

const source = fileURLToPath(new URL('../page/', import.meta.url));

/** Bundles the page from its sources and npm packages; the assets stand by their URL path. Takes some 100 ms. */
export async function buildPage(): Promise<ReadonlyMap<string, Asset>> {
  const [html, bundle] = await Promise.all([
    readFile(`${source}index.html`),
    build({
      entryPoints: [`${source}dashboard.ts`, `${source}dashboard.css`],
      outdir: '/',
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: ['chrome123', 'firefox120', 'safari17.5'],
      legalComments: 'none',
      logLevel: 'silent',
    }),
  ]);
  const assets = new Map<string, Asset>([['/', { contentType: 'text/html; charset=utf-8', body: html }]]);
  for (const { path, contents } of bundle.outputFiles) {
    const contentType = path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    assets.set(path.slice(path.lastIndexOf('/')), { contentType, body: contents });
  }
  return assets;
}
